/** A bot that renders one long order, and says which process does it. */
import { longJob, newOrder, openStudio, steps, until } from './studio.ts';

const { studio, log } = await openStudio(process.argv[2]!);
await studio.recover();
const { id } = await studio.submit(newOrder({ job: longJob }));
await until(studio, id, steps);
process.stdout.write(`${id} ${log.pidsOf(id)[0]!}\n`);
