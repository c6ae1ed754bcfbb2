import {Controller, Get, Param} from '@nestjs/common';
import {Courses} from './courses.js';

@Controller()
export class PilotController {
  constructor(private readonly courses: Courses) {}

  @Get()
  hello(): string {
    return 'the pilot is aboard';
  }

  @Get('courses/:name')
  course(@Param('name') name: string) {
    return this.courses.to(name);
  }
}
