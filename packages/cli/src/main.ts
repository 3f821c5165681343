// The vigie command.
process.stdout.write('vigie\n');
