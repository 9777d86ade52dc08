import Glibc
import TrialContract

/// A piece of work whose speed `bench` measures. The names are promises: recorded runs are compared by them.
struct BenchWorkload {
    /// A workload's n-th piece, for a noise precision; different pieces have different random numbers.
    typealias Piece = @Sendable (_ kernel: any TrialKernel, _ precision: NoisePrecision, _ number: Int) -> Double

    let name: String
    /// Runs the piece and returns its coordinate-steps (for `noise-fill`: numbers drawn).
    let run: Piece

    static let all: [BenchWorkload] = [1, 8, 64, 512].map {
        trials("m-sam-quadratic-gaussian-d\($0)", optimizer: "m-sam", dimension: $0)
    } + [4096, 65_536].map {
        trials("m-sam-quadratic-gaussian-d\($0)", optimizer: "m-sam", dimension: $0, steps: 64)
    } + [
        trials("n-sam-quadratic-gaussian-d64", optimizer: "n-sam", dimension: 64),
        trials("sgd-quadratic-gaussian-d64", optimizer: "sgd", dimension: 64),
        trials("sam-quadratic-none-d1", optimizer: "sam", noise: "none", dimension: 1),
        trials("m-sam-quadratic-rademacher-d64", optimizer: "m-sam", noise: "rademacher", dimension: 64),
        sharedNoise("sweep-m-sam-quadratic-gaussian-d64-c32", trials: 64, dimension: 64),
        trials("trials-of-100-steps", optimizer: "m-sam", dimension: 8, steps: 100),
        trials("one-trial-per-cell", optimizer: "m-sam", dimension: 8, trialsPerCell: 1),
        noiseFill("noise-fill"),
        blocks("m-sam-quadratic-gaussian-d1000000-k3", method: .full, steps: 4, trials: 8),
        blocks("reduced-m-sam-quadratic-gaussian-d1000000-k3", method: .reduced, steps: 2000, trials: 64),
    ]

    /// Three eigenvalues over 10^6 coordinates, by coordinates or by block norms; both count coordinates.
    private static func blocks(_ name: String, method: TrialMethod, steps: Int, trials: Int) -> BenchWorkload {
        let spectrum = Spectrum(blocks: [
            EigenBlock(value: 0.1, multiplicity: 333_333), EigenBlock(value: 0.4, multiplicity: 333_333),
            EigenBlock(value: 1, multiplicity: 333_334),
        ])
        return BenchWorkload(name: name) { kernel, precision, number in
            var trialClass = trialClass("m-sam", "gaussian", spectrum, steps, precision)
            trialClass.method = method
            let own = parameters(trialClass, rho: 0.1, key: UInt64(number))
            return count(kernel, BlockRequest(trialClass: trialClass, cells: [own], trials: 0..<trials))
        }
    }

    /// Independent cells: each has a generator key of its own. A piece takes some 2^23 coordinate-steps.
    private static func trials(
        _ name: String, optimizer: String, noise: String = "gaussian", dimension: Int, steps: Int = 2000,
        trialsPerCell: Int = 64
    ) -> BenchWorkload {
        let spectrum = spectrum(dimension)
        let rows = max(8, 8_388_608 / (steps * dimension))
        let trials = min(trialsPerCell, rows)
        let cells = rows / trials
        return BenchWorkload(name: name) { kernel, precision, number in
            let trialClass = trialClass(optimizer, noise, spectrum, steps, precision)
            let own = (0..<cells).map { cell in
                parameters(trialClass, rho: 0.1, key: UInt64(number) << 20 | UInt64(cell))
            }
            return count(kernel, BlockRequest(trialClass: trialClass, cells: own, trials: 0..<trials))
        }
    }

    /// 32 cells of one sweep with common random numbers, 4 rho × 4 learning rates × 2 levels of noise: the noise is drawn
    /// once for all.
    private static func sharedNoise(_ name: String, trials: Int, dimension: Int) -> BenchWorkload {
        let spectrum = spectrum(dimension)
        return BenchWorkload(name: name) { kernel, precision, number in
            let trialClass = trialClass("m-sam", "gaussian", spectrum, 2000, precision)
            let own = (0..<32).map { cell in
                var own = parameters(trialClass, rho: 0.1 + 0.03 * Double(cell % 4), key: UInt64(number))
                own.learningRate = 0.02 + 0.01 * Double(cell / 4 % 4)
                if cell >= 16 { own.noisePerCoordinate /= 2 }
                return own
            }
            return count(kernel, BlockRequest(trialClass: trialClass, cells: own, trials: 0..<trials))
        }
    }

    private static func noiseFill(_ name: String) -> BenchWorkload {
        BenchWorkload(name: name) { kernel, precision, number in
            let draws = 4_194_304
            let sum = kernel.drawNormals(count: draws, precision: precision, streamKey: UInt64(number))
            return sum.isFinite ? Double(draws) : 0
        }
    }

    /// Log-spaced in [0.1, 1]; 1 where there is a single coordinate.
    private static func spectrum(_ dimension: Int) -> Spectrum {
        Spectrum(blocks: (0..<dimension).map { coordinate in
            let place = dimension == 1 ? 1 : Double(coordinate) / Double(dimension - 1)
            return EigenBlock(value: pow(10, place - 1), multiplicity: 1)
        })
    }

    private static func trialClass(
        _ optimizer: String, _ noise: String, _ spectrum: Spectrum, _ steps: Int, _ precision: NoisePrecision
    ) -> TrialClass {
        TrialClass(
            optimizer: ComponentChoice(optimizer), problem: ComponentChoice("quadratic"), spectrum: spectrum,
            noiseModel: ComponentChoice(noise), noisePrecision: precision, steps: steps, statistics: ["distance"])
    }

    /// Total noise 1.
    private static func parameters(_ trialClass: TrialClass, rho: Double, key: UInt64) -> CellParameters {
        let noise = trialClass.noiseModel.name == "none" ? 0 : 1 / Double(trialClass.dimension).squareRoot()
        return CellParameters(learningRate: 0.05, rho: rho, noisePerCoordinate: noise, streamKey: key)
    }

    private static func count(_ kernel: any TrialKernel, _ request: BlockRequest) -> Double {
        guard let columns = kernel.run(request, stop: StopFlag()) else { return 0 }
        return columns.stepsTaken.reduce(0.0) { $0 + Double($1) } * Double(request.trialClass.dimension)
    }
}
