typedef int CPUFeatures_placeholder;
