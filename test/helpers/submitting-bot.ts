/** A bot that takes orders until it is killed, and says which it has acknowledged. */
import { attachment, newOrder, openStudio } from './studio.ts';

const { studio } = await openStudio(process.argv[2]!, {
  limits: { perPerson: 1e6, perServer: 1e6, all: 1e6 },
});
for (let number = 0; ; number++) {
  const order = await studio.submit(newOrder({ event: `event ${number}`, source: attachment }));
  process.stdout.write(`${order.id} ${order.event}\n`);
}
