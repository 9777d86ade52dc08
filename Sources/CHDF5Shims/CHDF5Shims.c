typedef int CHDF5Shims_placeholder;
