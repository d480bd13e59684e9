/** A mail server on a real socket: takes what it is sent, and says no where it is told to. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface Mail {
  from: string;
  to: string;
  /** As it came, its dots no longer doubled. */
  source: string;
}

export interface MailServer {
  url: string;
  /** What was taken, and what was begun. */
  mails: Mail[];
  /** Connections so far. */
  connections: number;
  /** What it says instead of yes, by the command: `RCPT`, `.` for a whole mail; `undefined`: it hangs up. */
  answers: Map<string, string | undefined>;
  /** Resolves when every connection has ended. */
  stop(): Promise<void>;
}

const usual: { [command: string]: string } = { DATA: '354 go on', QUIT: '221 bye', '.': '250 taken as 7' };

export const startMailServer = async (): Promise<MailServer> => {
  const talk = (socket: Socket): void => {
    let mail: Mail = { from: '', to: '', source: '' };
    let lines: string[] | undefined;
    let rest = '';
    const say = (command: string): string | undefined => {
      const answer = mails.answers.has(command) ? mails.answers.get(command) : (usual[command] ?? '250 yes');
      if (answer === undefined) socket.destroy();
      else socket.write(`${answer}\r\n`);
      return answer;
    };
    const heard = (line: string): void => {
      if (lines !== undefined) {
        if (line !== '.') return void lines.push(line.replace(/^\./, ''));
        const whole = { ...mail, source: lines.join('\r\n') };
        lines = undefined;
        if (say('.')?.startsWith('2')) mails.mails.push(whole);
        return;
      }
      const [command = '', address = ''] = /^(\w+)[^<]*<?([^>]*)/.exec(line)?.slice(1) ?? [];
      if (command === 'MAIL') mail = { from: address, to: '', source: '' };
      if (command === 'RCPT') mail.to = address;
      const answer = say(command);
      if (command === 'DATA' && answer?.startsWith('3')) lines = [];
      if (command === 'QUIT') socket.end();
    };
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('data', (text: string) => {
      const all = (rest + text).split('\r\n');
      rest = all.pop()!;
      for (const line of all) heard(line);
    });
    socket.write('220 mail.test\r\n');
  };

  const server = createServer((socket) => {
    mails.connections++;
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const mails: MailServer = {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails: [],
    connections: 0,
    answers: new Map(),
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
  return mails;
};
