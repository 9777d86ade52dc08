"""Makes results that are not what they say: crafted-results.py BASE.h5

Each is a copy of BASE, which has trajectories of three steps, with one thing changed through h5py; prints a line per file: its name and whether it must be
`refused`, or can be `read` because nothing that decides the trials has changed.
"""

import shutil
import sys
import zlib

import h5py
import numpy as np

BASE = sys.argv[1]
TEXT = h5py.string_dtype()


def make(name, expected, change):
    path = f"{name}.h5"
    shutil.copy(BASE, path)
    with h5py.File(path, "r+") as file:
        change(file)
    print(path, expected)


def attribute(name, value, of="/", **options):
    def change(file):
        file[of].attrs.pop(name, None)
        file[of].attrs.create(name, value, **options)
    return change


def dataset(name, **options):
    """Replaces a dataset by another that has the same scales."""
    def change(file):
        old = file[name]
        scales = [[scale.name for scale in dimension.values()] for dimension in old.dims]
        attributes = {key: value for key, value in old.attrs.items() if key not in ("DIMENSION_LIST", "REFERENCE_LIST",
                                                                                    "CLASS", "NAME", "_Netcdf4Dimid")}
        values = options.pop("data", None)
        if values is None and "shape" not in options:
            values = old[()]
        del file[name]
        new = file.create_dataset(name, data=values, **options)
        for key, value in attributes.items():
            new.attrs[key] = value
        for dimension, names in zip(new.dims, scales):
            for scale in names:
                if scale in file:
                    dimension.attach_scale(file[scale])
    return change


def link(name, target):
    def change(file):
        del file[name]
        file[name] = target
    return change


many = np.array(["A" * 8] * 2000, dtype=object)
make("title-of-many-texts", "refused", attribute("title", many, dtype=TEXT))
make("title-of-many-fixed", "refused", attribute("title", np.array([b"A" * 16] * 2000, dtype="S16")))
make("title-is-a-number", "refused", attribute("title", 7))
make("format-of-eight-bytes", "refused", attribute("samsweep_format", np.array([1] + [0] * 7, dtype="i1")))
make("complete-of-eight-bytes", "refused", attribute("complete", np.array([1] + [0] * 7, dtype="i1")))
make("complete-of-many", "refused", attribute("complete", np.zeros(1000, dtype="i8")))
make("complete-is-5", "refused", attribute("complete", np.int32(5)))
make("history-of-many", "refused", attribute("history", many, dtype=TEXT))
make("revision-below-0", "refused", attribute("kernel_revision", np.int32(-1), "samsweep"))
make("revision-of-many", "refused", attribute("kernel_revision", np.arange(64), "samsweep"))
make("shard-below-0", "refused", lambda file: [
    attribute("shard_index", np.int64(-5), "samsweep")(file), attribute("shard_count", np.int64(0), "samsweep")(file)])
make("shard-of-many", "refused", lambda file: [
    attribute("shard_index", np.int64(0), "samsweep")(file),
    attribute("shard_count", np.int64(2**63 - 1), "samsweep")(file)])
make("list-of-many", "refused", attribute("statistics", many, "samsweep", dtype=TEXT))
make("list-twice", "refused", attribute("statistics", "distance distance", "samsweep"))
make("long-name-of-many", "refused", attribute("long_name", many, "rho", dtype=TEXT))
make("long-name-of-numbers", "refused", attribute("long_name", np.arange(1000.0), "distance"))
make("flags-of-many", "read", attribute("flag_values", np.zeros(5000, dtype="u1"), "status"))


def sweep_of_many(file):
    del file["sweep"]
    file.create_dataset("sweep", data=np.array(["schema: 1"] * 200000, dtype=object), dtype=TEXT)


make("sweep-of-many", "refused", sweep_of_many)
make("sweep-of-numbers", "refused", lambda file: [file.pop("sweep"), file.create_dataset("sweep", data=np.arange(9))])
make("rho-huge", "refused", lambda file: [
    file.pop("rho"), file.create_dataset("rho", shape=(10**9,), dtype="f8", chunks=(1000,))])
make("distance-huge", "refused", lambda file: [
    file.pop("distance"), file.create_dataset("distance", shape=(2**20, 2**20, 2**20), dtype="f8", chunks=(1, 1, 64))])
make("trial-huge", "refused", lambda file: [
    file.pop("trial"), file.create_dataset("trial", shape=(2**40,), dtype="i8", chunks=(1 << 16,))])
for name, steps in [("below-0", [-1, 0, 1]), ("of-ones", [-1, -1, -1]), ("huge", [0, 1, 2**63 - 1]), ("descending", [5, 3, 1])]:
    make(f"step-{name}", "refused", lambda file: file["step"].write_direct(np.array(steps, dtype="i8")))
make("status-of-another-type", "refused", dataset("status", dtype="i8"))
make("distance-is-a-group", "refused", lambda file: [file.pop("distance"), file.create_group("distance")])
make("distance-scale-offset", "refused", dataset("distance", scaleoffset=3, chunks=True))
make("distance-lzf", "refused", dataset("distance", compression="lzf"))
make("distance-external-link", "refused", link("distance", h5py.ExternalLink(BASE, "/distance")))
make("distance-soft-link", "refused", link("distance", h5py.SoftLink("/suboptimality")))
make("distance-in-etc-passwd", "refused", lambda file: [
    file.pop("distance"),
    file.create_dataset("distance", shape=(8,), dtype="f8", external=[("/etc/passwd", 0, 64)])])
make("dimension-list-too-long", "refused", lambda file: file["status"].attrs.create(
    "DIMENSION_LIST", np.zeros(500, dtype="i8")))


def virtual(file):
    shape = file["distance"].shape
    layout = h5py.VirtualLayout(shape=shape, dtype="f8")
    layout[...] = h5py.VirtualSource(BASE, "distance", shape=shape)
    del file["distance"]
    file.create_virtual_dataset("distance", layout)


make("distance-virtual", "refused", virtual)


def bomb(file):
    dataset("distance", compression="gzip", chunks=file["distance"].shape)(file)
    packer = zlib.compressobj(1)
    zeros = b"".join(packer.compress(bytes(1 << 24)) for _ in range(8)) + packer.flush()
    file["distance"].id.write_direct_chunk((0,) * len(file["distance"].shape), zeros)


make("distance-bomb", "refused", bomb)
make("title-edited", "read", attribute("title", "A better title"))
make("history-edited", "read", attribute("history", "today: edited"))
make("others-added", "read", lambda file: [
    file.create_dataset("mine", data=np.arange(10.0), compression="lzf"), file.attrs.create("note", many, dtype=TEXT),
    file.__setitem__("away", h5py.ExternalLink("/dev/zero", "/x"))])
