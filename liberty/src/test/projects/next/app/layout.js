import './style.css';

export const metadata = {
  title: 'Harbour',
  icons: {icon: '/icons/7.svg'},
};

export default function Layout({children}) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
