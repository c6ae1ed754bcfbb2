const express = require('express');

const app = express();
app.get('/', (request, response) => response.send('the ferry sails'));
app.get('/who', (request, response) => response.json({uid: process.getuid(), pid: process.pid}));
const server = app.listen(process.env.PORT);
process.on('SIGTERM', () => server.close());
