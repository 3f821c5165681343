// Pictures of positions, drawn once per palette. Shape says who, colour and filling say what state: a disc in a ring is a
// wearer, a diamond in a ring a protected person; hollow and grey is old.
import type { Map as MapLibre } from 'maplibre-gl';
import type { Palette } from './palette.ts';

const SIZE = 44;
const RATIO = 2;

export function addIcons(map: MapLibre, palette: Palette): void {
  for (const role of ['wearer', 'protected'] as const) {
    const colour = role === 'wearer' ? palette.fix : palette.protected;
    add(map, `${role}-now`, draw(role, colour, palette.halo, false));
    add(map, `${role}-old`, draw(role, palette.old, palette.halo, true));
    add(map, `${role}-alarm`, draw(role, palette.alarm, palette.halo, false));
    add(map, `${role}-alarm-old`, draw(role, palette.alarm, palette.halo, true));
  }
}

function add(map: MapLibre, name: string, image: ImageData): void {
  map.addImage(name, image, { pixelRatio: RATIO });
}

function draw(role: 'wearer' | 'protected', colour: string, halo: string, hollow: boolean): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = SIZE;
  canvas.height = SIZE;
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('no canvas to draw map icons on');
  const middle = SIZE / 2;
  pen.lineWidth = 3;
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.16;
  pen.fillStyle = colour;
  circle(pen, middle, 19);
  pen.fill();
  pen.globalAlpha = 0.85;
  circle(pen, middle, 19);
  if (hollow) pen.setLineDash([6, 5]);
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  if (role === 'wearer') circle(pen, middle, 8);
  else diamond(pen, middle, 11);
  pen.fillStyle = hollow ? halo : colour;
  pen.fill();
  pen.strokeStyle = hollow ? colour : halo;
  pen.stroke();
  return pen.getImageData(0, 0, SIZE, SIZE);
}

function circle(pen: CanvasRenderingContext2D, middle: number, radius: number): void {
  pen.beginPath();
  pen.arc(middle, middle, radius, 0, 2 * Math.PI);
}

function diamond(pen: CanvasRenderingContext2D, middle: number, half: number): void {
  pen.beginPath();
  pen.moveTo(middle, middle - half);
  pen.lineTo(middle + half, middle);
  pen.lineTo(middle, middle + half);
  pen.lineTo(middle - half, middle);
  pen.closePath();
}
