export default function Late() {
  return <h1>Late</h1>;
}
