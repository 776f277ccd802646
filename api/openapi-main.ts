import { renderOpenApi } from './openapi';

/** Prints the OpenAPI document; scripts write it to docs/openapi.json and compare it in the check. */
process.stdout.write(renderOpenApi());
