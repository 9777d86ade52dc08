#ifndef CONFINEMENT_H
#define CONFINEMENT_H

/// For a child process that reads what may be damaged: bounds its memory (4 GiB), its processor time and the time it
/// takes at all, and lets every signal end it, whatever the program does on them.
void chdf5_confine(unsigned long processor_seconds, unsigned seconds);

#endif
