/** A summer sky as a camera on a low hill sees it: light along each ray. */
import { BASE, TOP, smoothstep } from './cumulus.ts';
import type { CloudField } from './cumulus.ts';

export type Colour = [red: number, green: number, blue: number];
export type Vector = readonly [x: number, y: number, z: number];

/** Towards the sun: to the right, high, somewhat behind the camera. */
const SUN = unit([0.66, 0.62, -0.42]);
const SUNLIGHT: Colour = [1.0, 0.955, 0.88];
const ZENITH: Colour = [0.17, 0.39, 0.72];
const HORIZON: Colour = [0.76, 0.86, 0.93];
const EXTINCTION = 22;
const FARTHEST = 38;

/** The clear sky; `up` is the ray's height, 0 at the horizon, 1 overhead. */
export function clearSky(up: number, right: number): Colour {
  const share = 1 - Math.exp(-3.4 * Math.max(0, up));
  const glow = 0.05 * right * (1 - share);
  return [0, 1, 2].map(
    (channel) => HORIZON[channel]! + (ZENITH[channel]! - HORIZON[channel]!) * share + glow,
  ) as Colour;
}

/** @param shift 0..1, where within its first step a ray starts: hides the steps. */
export function skyAt(field: CloudField, ray: Vector, shift: number): Colour {
  const background = clearSky(ray[1], ray[0]);
  const start = BASE / ray[1];
  const end = Math.min(TOP / ray[1], FARTHEST);
  let clear = 1;
  const light: Colour = [0, 0, 0];
  let t = start + shift * stepAt(start);
  while (t < end && clear > 0.01) {
    const step = stepAt(t);
    const [x, y, z] = [ray[0] * t, ray[1] * t, ray[2] * t];
    const cover = field.cover(x, z);
    const density = cover > 0 ? field.density(x, y, z, cover, true) : 0;
    if (density > 0) {
      const passed = Math.exp(-EXTINCTION * density * step);
      addCloud(light, clear * (1 - passed), cloudColour(field, [x, y, z], density), t, background);
      clear *= passed;
    }
    t += density > 0 ? step : step * 1.6;
  }
  return light.map((value, channel) => value + clear * background[channel]!) as Colour;
}

/** Steps grow with distance, as details shrink. */
function stepAt(t: number): number {
  return Math.max(0.022, 0.0065 * t);
}

function addCloud(light: Colour, share: number, colour: Colour, t: number, haze: Colour): void {
  // Air between the cloud and the camera.
  const seen = Math.exp(-t / 26);
  for (let channel = 0; channel < 3; channel++) {
    light[channel]! += share * (colour[channel]! * seen + haze[channel]! * (1 - seen));
  }
}

/** What a point of a cloud sends to the camera: sunlight that gets there, and the sky's own. */
function cloudColour(field: CloudField, [x, y, z]: Vector, density: number): Colour {
  let depth = 0;
  let step = 0.06;
  for (let sample = 0, t = step / 2; sample < 6; sample++) {
    const [sx, sy, sz] = [x + SUN[0] * t, y + SUN[1] * t, z + SUN[2] * t];
    depth += field.density(sx, sy, sz, field.cover(sx, sz), sample < 2) * step;
    t += step;
    step *= 1.6;
  }
  const thickness = EXTINCTION * depth;
  // Light scattered once, and, weaker, light scattered many times that gets deeper.
  const sun =
    0.46 * Math.exp(-thickness) +
    0.4 * Math.exp(-0.2 * thickness) +
    0.26 * Math.exp(-0.04 * thickness);
  const height = smoothstep(0, 1, (y - BASE) / (TOP - BASE));
  const sky = 0.5 + 0.34 * height;
  const powder = 1 - 0.35 * Math.exp(-6 * density);
  return [0, 1, 2].map((channel) => {
    const ambient = 0.65 * HORIZON[channel]! + 0.35 * ZENITH[channel]!;
    return SUNLIGHT[channel]! * sun * powder + ambient * sky;
  }) as Colour;
}

export function unit([x, y, z]: Vector): Vector {
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}
