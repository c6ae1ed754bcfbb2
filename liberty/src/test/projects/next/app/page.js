import Image from 'next/image';
import Link from 'next/link';
import boat from '../public/boat.png';
import Counter from './counter';

export const dynamic = 'force-dynamic';

export default function Page() {
  return (
    <main>
      <h1>Harbour</h1>
      <p>Seen by process {process.pid}</p>
      <Image src={boat} alt="a boat" />
      <img src="/icons/2999.svg" alt="the last icon" />
      <Counter />
      <Link href="/late">Late</Link>
    </main>
  );
}
