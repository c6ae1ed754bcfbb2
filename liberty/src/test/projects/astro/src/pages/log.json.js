export const GET = () => Response.json({entries: 0});
