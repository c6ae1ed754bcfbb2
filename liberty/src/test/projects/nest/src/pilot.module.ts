import {Module} from '@nestjs/common';
import {PilotController} from './pilot.controller.js';
import {Courses} from './courses.js';

@Module({controllers: [PilotController], providers: [Courses]})
export class PilotModule {}
