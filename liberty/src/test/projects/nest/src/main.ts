import {NestFactory} from '@nestjs/core';
import {PilotModule} from './pilot.module.js';

const app = await NestFactory.create(PilotModule);
app.enableShutdownHooks();
await app.listen((globalThis as any).process.env.PORT ?? 3000);
