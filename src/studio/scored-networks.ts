/** A model's network with objectives on top, and what each of them was found to need. */
import type { Recipe } from '../dream/recipe.ts';
import type { Graph } from '../graph/graph.ts';
import type { Objective } from '../objectives/objective.ts';
import { parseObjective } from '../objectives/parse.ts';
import type { ObjectiveOptions } from '../objectives/parse.ts';
import type { Model } from './catalogue.ts';
import { workPerPixel } from './cost.ts';
import { checkDepth, smallestSide, withObjective } from './layers.ts';

export interface ScoredNetwork {
  readonly objective: Objective;
  readonly graph: Graph;
  /** @throws as `layers.ts` */
  smallestSide(): number;
  workPerPixel(): number;
}

/** Objectives that are remembered: what is asked for most, and the layers of a sheet. */
const MOST = 64;

/** Built once for each objective: whoever orders is answered by the time that this takes. */
export class ScoredNetworks {
  readonly #model: Model;
  /** The last asked for is the last in the map. */
  readonly #known = new Map<string, ScoredNetwork>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** @throws DreamError 'unknown-layer', 'bad-channel' or 'bad-option' */
  of({ layer, measure, border, whiten }: Recipe, deepLayers: boolean): ScoredNetwork {
    const key = JSON.stringify([layer, measure, border, whiten, deepLayers]);
    const measured = { measure, border, whiten };
    const network = this.#known.get(key) ?? this.#build(layer, measured, deepLayers);
    this.#known.delete(key);
    this.#known.set(key, network);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST) this.#known.delete(oldest!);
    return network;
  }

  #build(layer: string, measured: ObjectiveOptions, deepLayers: boolean): ScoredNetwork {
    const objective = parseObjective(layer, measured);
    const graph = withObjective(this.#model.graph, objective);
    if (!deepLayers) checkDepth(this.#model, layer, graph.nodes.keys());
    return {
      ...{ objective, graph },
      smallestSide: once(() => smallestSide(graph)),
      workPerPixel: once(() => workPerPixel(graph)),
    };
  }
}

/** What was built for each model; it goes with the model. */
export class ScoredNetworksByModel {
  readonly #known = new WeakMap<Model, ScoredNetworks>();

  of(model: Model): ScoredNetworks {
    const networks = this.#known.get(model) ?? new ScoredNetworks(model);
    this.#known.set(model, networks);
    return networks;
  }
}

/** Again where it throws. */
function once<Value>(find: () => Value): () => Value {
  let found: { readonly value: Value } | undefined;
  return () => (found ??= { value: find() }).value;
}
