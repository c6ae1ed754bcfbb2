// A set of icons as designers hand them over: thousands of small files.
import {mkdirSync, writeFileSync} from 'node:fs';

mkdirSync('public/icons', {recursive: true});
for (let i = 0; i < 3000; i++) {
  const hue = i % 360;
  writeFileSync(
      `public/icons/${i}.svg`,
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="hsl(${hue} 80% 50%)" d="M0 0h9v9z"/></svg>\n`);
}
