import {greeting} from '@fleet/words';
import {fastify} from 'fastify';

const app = fastify();
app.get('/', async () => ({says: greeting('fleet')}));
const process = (globalThis as any).process;
process.on('SIGTERM', () => app.close());
await app.listen({host: process.env.HOST, port: Number(process.env.PORT)});
