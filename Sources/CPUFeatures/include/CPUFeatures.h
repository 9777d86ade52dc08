#pragma once

// Whether this processor, and its operating system, run the x86-64 psABI levels; 0 on other architectures.
int samsweep_cpu_runs_v3(void);
int samsweep_cpu_runs_v4(void);
