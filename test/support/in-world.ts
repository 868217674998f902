import { temporaryFolder } from './pipeline-run.js';
import { type SimulatorHandle, startSimulatorHere } from './simulator.js';

/** A test in a world and a folder of its own; both are gone when it has ended. */
export async function inWorldOf(
  world: Parameters<typeof startSimulatorHere>[0],
  test: (simulator: SimulatorHandle, folder: string) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulatorHere(world);
  try {
    await test(simulator, await temporaryFolder());
  } finally {
    await simulator.stop();
  }
}
