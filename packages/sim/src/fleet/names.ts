// Made-up names: given and family names joined at random. Nobody is meant.
import type { Random } from '../random.ts';

const GIVEN = (
  'Alba Aline Andrin Anouk Beat Bruno Céline Chiara Corsin Daria Delia Dario Elia Elodie Enea Fabio Flurina Gian Gilles Ilario ' +
  'Ines Jonas Joël Ladina Laure Lino Loris Mael Malin Marco Mathieu Mirta Nadja Nevio Nino Noémie Oriane Pascal Quentin Reto ' +
  'Romane Rosa Sandro Selina Silvan Tania Thierry Urs Valérie Vito Yara Yves'
).split(' ');
const FAMILY = (
  'Amberg Aubrac Bellati Bernard Brändle Cattori Chollet Corbat Deluz Egloff Fankhaus Ferrat Gerbig Grandvaux Hirschi Imfang ' +
  'Jolidet Kappel Lorétan Maillet Montavon Nidegg Oberli Pedrol Perrenet Quadri Rochaix Rüegger Salvisb Schaad Tschopp Turin ' +
  'Uffer Vauclair Vonlant Widmann Wyssbach Zahnd Zimmet'
).split(' ');

export const madeUpName = (dice: Random): string => `${dice.pick(GIVEN)} ${dice.pick(FAMILY)}`;
