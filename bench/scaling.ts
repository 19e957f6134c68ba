/** Time against pixels: the log-log slope from 256² to 2048². */
import { inception, noise, timed } from './subject.ts';
import { logLogSlope, median } from './statistics.ts';

const SIDES = [256, 362, 512, 724, 1024, 1448, 2048];

export async function scaling(): Promise<void> {
  const subject = await inception();
  const points: [number, number][] = [];
  for (const side of SIDES) {
    const picture = noise(side);
    await subject.ascent.at(picture);
    const times: number[] = [];
    const repeats = side <= 512 ? 7 : side <= 1024 ? 3 : 2;
    for (let repeat = 0; repeat < repeats; repeat++) {
      times.push(await timed(() => subject.ascent.at(picture)));
    }
    points.push([side * side, median(times)]);
    const nanoseconds = (median(times) * 1e6) / (side * side);
    console.log(
      `  ${String(side).padStart(4)}²  ${median(times).toFixed(0).padStart(6)} ms  ${nanoseconds.toFixed(0)} ns a pixel`,
    );
  }
  console.log(`log-log slope: ${logLogSlope(points).toFixed(3)}`);
  await subject.ascent.dispose();
  await subject.forward.dispose();
}
