import {Injectable} from '@nestjs/common';

@Injectable()
export class Courses {
  to(name: string) {
    return {name, degrees: name.length * 10};
  }
}
