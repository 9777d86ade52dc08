// SAM trials on a diagonal quadratic, as a C++ user would write them: OpenMP over trials, a xoshiro256++ per thread and
// std::normal_distribution. Usage: peer WORKLOAD SECONDS; prints million coordinate-steps per second.
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>
#include <omp.h>

// Blackman & Vigna, xoshiro256++ 1.0, seeded by splitmix64.
struct Xoshiro256pp {
    using result_type = uint64_t;
    uint64_t s[4];
    explicit Xoshiro256pp(uint64_t seed) {
        for (auto &word : s) {
            uint64_t z = (seed += 0x9e3779b97f4a7c15);
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            word = z ^ (z >> 31);
        }
    }
    static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
    static constexpr uint64_t min() { return 0; }
    static constexpr uint64_t max() { return ~uint64_t(0); }
    uint64_t operator()() {
        const uint64_t result = rotl(s[0] + s[3], 23) + s[0], t = s[1] << 17;
        s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = rotl(s[3], 45);
        return result;
    }
};

enum class Optimizer { sgd, sam, mSAM, nSAM };
enum class Noise { none, gaussian, rademacher };

struct Workload {
    Optimizer optimizer;
    Noise noise;
    int dimension;
    int cells;  // cells that share the noise of a trial
};

static Workload parse(const std::string &name) {
    Workload w{Optimizer::mSAM, Noise::gaussian, 1, 1};
    const auto starts = [&](const char *p) { return name.rfind(p, 0) == 0; };
    if (starts("sgd")) w.optimizer = Optimizer::sgd;
    if (starts("sam")) w.optimizer = Optimizer::sam;
    if (starts("n-sam")) w.optimizer = Optimizer::nSAM;
    if (name.find("-none-") != std::string::npos) w.noise = Noise::none;
    if (name.find("-rademacher-") != std::string::npos) w.noise = Noise::rademacher;
    w.dimension = std::atoi(name.c_str() + name.find("-d") + 2);
    if (name.find("-c32") != std::string::npos) w.cells = 32;
    return w;
}

struct Trial {
    const Workload &w;
    const std::vector<double> &lambda;
    Xoshiro256pp generator;
    std::normal_distribution<double> normal;
    double scale;
    uint64_t bits = 0;
    int bitsLeft = 0;
    std::vector<double> first, second, g;

    Trial(const Workload &w, const std::vector<double> &lambda, uint64_t seed)
        : w(w), lambda(lambda), generator(seed), scale(1 / std::sqrt(double(w.dimension))), first(w.dimension),
          second(w.dimension), g(w.dimension) {}

    void draw(std::vector<double> &noise) {
        for (auto &value : noise) {
            if (w.noise == Noise::gaussian) {
                value = scale * normal(generator);
            } else if (w.noise == Noise::rademacher) {
                if (bitsLeft == 0) { bits = generator(); bitsLeft = 64; }
                value = bits & 1 ? scale : -scale;
                bits >>= 1;
                --bitsLeft;
            } else {
                value = 0;
            }
        }
    }

    void step(double *x, double rho, double eta, double level) {
        const int d = w.dimension;
        const double *ascent = first.data(), *descent = (w.optimizer == Optimizer::nSAM ? second : first).data();
        double factor = 0;
        if (w.optimizer != Optimizer::sgd) {
            double sum = 0;
            for (int j = 0; j < d; ++j) { g[j] = lambda[j] * x[j] + level * ascent[j]; sum += g[j] * g[j]; }
            factor = sum > 0 ? rho / std::sqrt(sum) : 0;
        }
        for (int j = 0; j < d; ++j) x[j] -= eta * (lambda[j] * (x[j] + factor * g[j]) + level * descent[j]);
    }

    double run(int steps) {
        const int d = w.dimension;
        std::vector<double> x(size_t(d) * w.cells, 1 / std::sqrt(double(d)));
        for (int t = 0; t < steps; ++t) {
            draw(first);
            if (w.optimizer == Optimizer::nSAM) draw(second);
            // 4 rho x 4 learning rates x 2 levels of noise.
            for (int c = 0; c < w.cells; ++c)
                step(x.data() + size_t(c) * d, 0.1 + 0.03 * (c % 4), w.cells == 1 ? 0.05 : 0.02 + 0.01 * (c / 4 % 4),
                     c < 16 ? 1 : 0.5);
        }
        double sum = 0;
        for (double value : x) sum += value * value;
        return sum;
    }
};

int main(int argc, char **argv) {
    if (argc != 3) return std::fprintf(stderr, "usage: peer WORKLOAD SECONDS\n"), 64;
    const Workload w = parse(argv[1]);
    const double seconds = std::atof(argv[2]);
    std::vector<double> lambda(w.dimension);
    for (int j = 0; j < w.dimension; ++j) lambda[j] = w.dimension == 1 ? 1 : std::pow(10.0, double(j) / (w.dimension - 1) - 1);
    const int steps = 2000, trials = std::max(8, int(2'000'000 / (double(steps) * w.dimension * w.cells)) & ~1);
    const auto began = std::chrono::steady_clock::now();
    double elapsed = 0, work = 0, sum = 0;
    for (uint64_t round = 0; elapsed < seconds; ++round) {
        #pragma omp parallel for reduction(+ : sum) schedule(static)
        for (int trial = 0; trial < trials; ++trial) {
            Trial t(w, lambda, round * 1'000'003 + trial);
            sum += t.run(steps);
        }
        work += double(trials) * steps * w.dimension * w.cells;
        elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    }
    if (sum != sum) return 1;
    std::printf("%.1f\n", work / elapsed / 1e6);
}
