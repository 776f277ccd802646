// One participant's device, as a process of its own: joins, says what happens to it on standard output, leaves when told to.
import { Room, RoomEvent, dispose } from '@livekit/rtc-node';

const [url, token] = process.argv.slice(2);
const say = (what) => process.stdout.write(`${what}\n`);
const room = new Room();
room.on(RoomEvent.Disconnected, () => say('disconnected'));
const leave = async () => {
  await room.disconnect();
  await dispose();
  process.exit(0);
};
process.stdin.on('data', () => void leave());
process.stdin.on('end', () => void leave());
try {
  await room.connect(url, token, { autoSubscribe: false, dynacast: false });
  say('connected');
} catch (error) {
  say(`refused ${String(error.message).replace(/\s+/g, ' ')}`);
  process.exit(1);
}
