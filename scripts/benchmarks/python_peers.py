"""SAM trials on a diagonal quadratic in NumPy, Numba and JAX, written as their users would write them for speed.

A worker for one peer: reads lines `WORKLOAD SECONDS`, answers each with million coordinate-steps per second on two cores
(0 where the peer has no such workload). Usage: python_peers.py numpy|numba|numba-generators|jax-DTYPE-PRNG
"""

import os
import sys
import threading
import time

THREADS = 2
RHO, ETA = 0.1, 0.05


class Workload:
    """What a workload's name says."""

    def __init__(self, name):
        self.optimizer = next(o for o in ("m-sam", "n-sam", "sam", "sgd") if name.removeprefix("sweep-").startswith(o))
        self.noise = next(n for n in ("none", "gaussian", "rademacher") if f"-{n}-" in name)
        self.dimension = int(name.split("-d")[-1].split("-")[0])
        self.cells = 32 if name.endswith("-c32") else 1
        self.scale = self.dimension**-0.5

    def cell_values(self, np):
        """rho, learning rate and level of noise of each cell: 4 x 4 x 2 where there are 32."""
        c = np.arange(self.cells)
        rate = 0.02 + 0.01 * (c // 4 % 4) if self.cells > 1 else np.full(1, ETA)
        return RHO + 0.03 * (c % 4), rate, np.where(c < 16, 1.0, 0.5)

    def spectrum(self, np):
        return np.ones(1) if self.dimension == 1 else np.logspace(-1, 0, self.dimension)


def rate(run, seconds):
    """Million units of work per second of `run()`, which returns the work it did."""
    run()
    began, work = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < seconds:
        work += run()
    return work / elapsed / 1e6


def in_threads(make, seconds):
    """The summed rate of THREADS threads, each with a `run` of its own from `make(index)`."""
    runs = [make(index) for index in range(THREADS)]
    rates = [0.0] * THREADS

    def work(index):
        rates[index] = rate(runs[index], seconds)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(rates)


def numpy_peer():
    """Trials side by side in arrays that stay in the second-level cache; ziggurat normals from SFC64 written in place;
    a thread per core (NumPy holds no lock while it draws or multiplies)."""
    import numpy as np

    def make(w):
        def of(index):
            rng = np.random.Generator(np.random.SFC64(index))
            d, trials, steps = w.dimension, max(8, 16384 // w.dimension // w.cells), 10
            lam = w.spectrum(np)
            x = np.full((w.cells, trials, d), w.scale)
            rho, rate, level = (values[:, None, None] for values in w.cell_values(np))
            first, second = np.zeros((trials, d)), np.zeros((trials, d))
            g, y, scaled = np.empty_like(x), np.empty_like(x), np.empty_like(x)

            def draw(out):
                if w.noise == "gaussian":
                    rng.standard_normal(out=out)
                    np.multiply(out, w.scale, out=out)
                elif w.noise == "rademacher":
                    bits = np.unpackbits(np.frombuffer(rng.bytes((out.size + 7) // 8), np.uint8), count=out.size)
                    np.multiply(bits.reshape(out.shape), -2 * w.scale, out=out)
                    np.add(out, w.scale, out=out)

            def run():
                for _ in range(steps):
                    draw(first)
                    noise = first
                    if w.optimizer == "n-sam":
                        draw(second)
                        noise = second
                    ascent = first
                    if w.cells > 1:
                        np.multiply(level, noise, out=scaled)
                        ascent = noise = scaled
                    if w.optimizer == "sgd":
                        np.multiply(lam, x, out=y)
                    else:
                        np.multiply(lam, x, out=g)
                        np.add(g, ascent, out=g)
                        size = np.sqrt(np.einsum("ctj,ctj->ct", g, g))[..., None]
                        np.multiply(g, rho / np.where(size > 0, size, np.inf), out=y)
                        np.add(y, x, out=y)
                        np.multiply(lam, y, out=y)
                    np.add(y, noise, out=y)
                    np.multiply(y, rate, out=y)
                    np.subtract(x, y, out=x)
                return steps * x.size

            return run

        return of

    return lambda w, seconds: in_threads(make(w), seconds)


def numba_peer(generators):
    """Loops over trials. `generators` False: parallel prange with Numba's own np.random. True: a thread per core without
    the interpreter lock, each with a NumPy Generator (SFC64, ziggurat) that Numba compiles into the loop."""
    import numba
    import numpy as np

    numba.set_num_threads(THREADS)

    def body(draw, loop, **options):
        @numba.njit(fastmath=True, **options)
        def run(rng, x, lam, scale, steps, ascends, draws, rho, rate, level):
            trials, cells, d = x.shape
            for trial in loop(trials):
                first, second, g = np.zeros(d), np.zeros(d), np.empty(d)
                for _ in range(steps):
                    if draws > 0:
                        draw(rng, first, scale)
                    if draws > 1:
                        draw(rng, second, scale)
                    noise = second if draws > 1 else first
                    for c in range(cells):
                        factor = 0.0
                        if ascends:
                            total = 0.0
                            for j in range(d):
                                g[j] = lam[j] * x[trial, c, j] + level[c] * first[j]
                                total += g[j] * g[j]
                            if total > 0:
                                factor = rho[c] / np.sqrt(total)
                        for j in range(d):
                            x[trial, c, j] -= rate[c] * (lam[j] * (x[trial, c, j] + factor * g[j]) + level[c] * noise[j])

        return run

    @numba.njit(fastmath=True, nogil=True)
    def own_gaussian(rng, out, scale):
        for j in range(out.size):
            out[j] = scale * np.random.standard_normal()

    @numba.njit(fastmath=True, nogil=True)
    def own_signs(rng, out, scale):
        for j in range(out.size):
            out[j] = scale if np.random.random() < 0.5 else -scale

    @numba.njit(fastmath=True, nogil=True)
    def gaussian(rng, out, scale):
        for j in range(out.size):
            out[j] = scale * rng.standard_normal()

    @numba.njit(fastmath=True, nogil=True)
    def signs(rng, out, scale):
        for j in range(out.size):
            out[j] = scale if rng.random() < 0.5 else -scale

    compiled = {}

    def function(noise):
        if noise not in compiled:
            if generators:
                compiled[noise] = body(signs if noise == "rademacher" else gaussian, range, nogil=True)
            else:
                draw = own_signs if noise == "rademacher" else own_gaussian
                compiled[noise] = body(draw, numba.prange, parallel=True)
        return compiled[noise]

    def measure(w, seconds):
        run = function(w.noise)
        steps, lam = 200, w.spectrum(np)
        draws = 0 if w.noise == "none" else 2 if w.optimizer == "n-sam" else 1
        trials = max(8, 400_000 // (steps * w.dimension * w.cells))

        def make(index):
            rng = np.random.Generator(np.random.SFC64(index)) if generators else 0
            x = np.full((trials, w.cells, w.dimension), w.scale)

            def once():
                run(rng, x, lam, w.scale, steps, w.optimizer != "sgd", draws, *w.cell_values(np))
                return steps * x.size

            return once

        return in_threads(make, seconds) if generators else rate(make(0), seconds)

    return measure


def jax_peer(dtype, prng):
    """A jitted loop over steps, trials vectorised, split over one host device per core."""
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={THREADS}"
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import jax.numpy as jnp
    import numpy as np

    jax.config.update("jax_enable_x64", dtype == "f64")
    jax.config.update("jax_default_prng_impl", {"threefry": "threefry2x32", "rbg": "rbg"}[prng])
    real = jnp.float64 if dtype == "f64" else jnp.float32
    compiled = {}

    def build(w):
        lam = jnp.asarray(w.spectrum(np), real)
        rho, rate, level = (jnp.asarray(values, real)[:, None, None] for values in w.cell_values(np))
        trials, steps = max(8, 16384 // w.dimension // w.cells), 50

        def draw(key, shape):
            if w.noise == "gaussian":
                return w.scale * jax.random.normal(key, shape, real)
            if w.noise == "rademacher":
                return w.scale * jax.random.rademacher(key, shape, real)
            return jnp.zeros(shape, real)

        def step(t, state):
            x, key = state
            shape = x.shape[1:]
            if w.optimizer == "n-sam":
                key, one, two = jax.random.split(key, 3)
                first, noise = draw(one, shape), draw(two, shape)
            else:
                key, one = jax.random.split(key)
                first = noise = draw(one, shape)
            if w.cells > 1:
                first, noise = level * first, level * noise
            y = x
            if w.optimizer != "sgd":
                g = lam * x + first
                size = jnp.sqrt(jnp.sum(g * g, axis=-1, keepdims=True))
                y = x + jnp.where(size > 0, rho / size, 0) * g
            return x - rate * (lam * y + noise), key

        run = jax.pmap(lambda x, key: jax.lax.fori_loop(0, steps, step, (x, key)), donate_argnums=(0, 1))
        state = [
            jnp.full((THREADS, w.cells, trials, w.dimension), w.scale, real), jax.random.split(jax.random.key(1), THREADS)
        ]

        def once():
            state[:] = run(*state)
            state[0].block_until_ready()
            return steps * state[0].size

        return once

    def measure(w, seconds):
        name = (w.optimizer, w.noise, w.dimension, w.cells)
        if name not in compiled:
            compiled[name] = build(w)
        return rate(compiled[name], seconds)

    return measure


def main():
    peer = sys.argv[1]
    if peer == "numpy":
        measure = numpy_peer()
    elif peer.startswith("numba"):
        measure = numba_peer(generators=peer == "numba-generators")
    else:
        measure = jax_peer(*peer.split("-")[1:])
    for line in sys.stdin:
        name, seconds = line.split()
        print(f"{measure(Workload(name), float(seconds)):.1f}", flush=True)


if __name__ == "__main__":
    main()
