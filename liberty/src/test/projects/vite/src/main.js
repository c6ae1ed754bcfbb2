import './style.css';

const place = document.createElement('p');
document.body.append(place);
import('./late.js').then(({text}) => {
  place.textContent = text;
});
