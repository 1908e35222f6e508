/** The registers of places as they are, for the tests of the readers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ProvincesFileSchema } from '../../../../bot/content/provinces.ts';
import { CountriesFileSchema } from '../../../../bot/content/registers.ts';

const folder = join(import.meta.dirname, '../../../../content/registers');
const load = (file: string): unknown => parse(readFileSync(join(folder, file), 'utf8'));

export const { provinces } = ProvincesFileSchema.parse(load('provinces.yaml'));
export const { countries } = CountriesFileSchema.parse(load('countries.yaml'));
