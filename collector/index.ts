/**
 * The collector: `vitrine-collector` runs the service, `vitrine-collector policy …` checks and explains a policy file.
 * The wiring is in compose.ts; every room registers its own routes on one Fastify app.
 */
import { runCli } from './cli.ts';

process.exitCode = await runCli(process.argv.slice(2), process.env);
