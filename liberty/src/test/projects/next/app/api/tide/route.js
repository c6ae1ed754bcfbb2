export const dynamic = 'force-dynamic';

export function GET(request) {
  return Response.json({tide: 'high', at: new URL(request.url).pathname});
}
