export function greeting(name: string): string {
  return `ahoy ${name}`;
}
