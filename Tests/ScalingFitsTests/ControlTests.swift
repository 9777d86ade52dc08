import PortableMath
import Testing
import TrialContract

@testable import ScalingFits

/// Independent normals, the same every time.
private struct Normals {
    private let key: SIMD2<UInt32>
    init(_ seed: Int) { key = SIMD2(UInt32(seed), 0x636f_6e74) }

    /// By Box & Muller.
    subscript(_ index: Int) -> Double {
        let words = Philox4x32.block(counter: SIMD4(UInt32(index), 0, 0, 0), key: key)
        let (u, v) = ((Double(words[0]) + 0.5) * 0x1p-32, (Double(words[1]) + 0.5) * 0x1p-32)
        return (-2 * PortableMath.log(u)).squareRoot() * PortableMath.cos(2 * .pi * v)
    }
}

@Suite struct ControlVariateTests {
    /// r = 3 c/2 + e with c = z² (mean 1, variance 2, skewed) and e of variance 1/4.
    private static func sample(_ seed: Int, _ count: Int) -> (responses: [Double], control: [Double]) {
        let z = Normals(2 * seed), e = Normals(2 * seed + 1)
        let control = (0..<count).map { z[$0] * z[$0] }
        return (control.indices.map { 1.5 * control[$0] + 0.5 * e[$0] }, control)
    }

    /// The mean keeps its expectation, its interval its coverage, and 4.5 + 0.25 of variance become 0.25.
    @Test(arguments: [64, 200]) func meansStayUnbiasedAndIntervalsHold(count: Int) throws {
        let sweeps = 2000
        var sum = 0.0, held = 0, taken = 0, gain = 0.0
        for sweep in 0..<sweeps {
            let (responses, control) = Self.sample(sweep + 10_000 * count, count)
            guard let adjusted = ControlVariate.adjusted(responses, control: control, mean: 1) else { continue }
            taken += 1
            let (mean, error) = GroupData.meanAndError(adjusted)
            sum += mean - 1.5
            gain += ControlVariate.gain(responses, adjusted)
            let reach = StudentT(freedom: Double(count - 1)).quantile(confidence: 0.95) * error
            if abs(mean - 1.5) <= reach { held += 1 }
        }
        #expect(taken == sweeps)
        // A mean's standard error is 0.5/sqrt(count), that of the mean of all sweeps' sqrt(sweeps) less.
        let bias = sum / Double(sweeps)
        #expect(abs(bias) < 4.5 * 0.5 * 1.1 / Double(count * sweeps).squareRoot(), "\(bias)")
        let coverage = Double(held) / Double(sweeps)
        #expect((0.935...0.965).contains(coverage), "\(coverage)")
        #expect((15...19.5).contains(gain / Double(sweeps)), "\(gain / Double(sweeps))")
    }

    /// Where the control is on the edge of being taken, or the response no linear function of it, or tails are heavy: with the
    /// decision and the coefficients from the same trials, intervals hold what plain ones hold, and the mean is not off.
    @Test(arguments: ["edge", "square", "lognormal", "two-point"], [64, 256]) func whereAssumptionsFailItIsNoWorseThanPlain(
        law: String, count: Int
    ) throws {
        let sweeps = 2000
        var own = (sum: 0.0, squares: 0.0, held: 0), plainHeld = 0
        let reach = StudentT(freedom: Double(count - 1)).quantile(confidence: 0.95)
        for sweep in 0..<sweeps {
            let z = Normals(2 * sweep + 50_000 * count), e = Normals(2 * sweep + 1 + 50_000 * count)
            // Control with its mean, response with its own.
            let (control, response): ((Int) -> Double, (Int) -> Double) = switch law {
            case "edge": ({ z[$0] }, { 0.33 * z[$0] + 0.944 * e[$0] })
            case "square": ({ z[$0] * z[$0] - 1 }, { (z[$0] * z[$0] * z[$0] * z[$0] - 3) / 9 + 0.3 * e[$0] })
            case "lognormal": ({ PortableMath.exp(z[$0] - 0.5) - 1 }, { PortableMath.exp(0.9 * z[$0] + 0.2 * e[$0] - 0.425) - 1 })
            default: ({ z[$0] > 1.2815515655446004 ? 3 : -1.0 / 3 }, { (z[$0] > 1.2815515655446004 ? 3 : -1.0 / 3) + 0.5 * e[$0] })
            }
            let responses = (0..<count).map(response)
            let adjusted = ControlVariate.adjusted(responses, control: (0..<count).map(control), mean: 0)
            let (mean, error) = GroupData.meanAndError(adjusted ?? responses), (center, scatter) = GroupData.meanAndError(responses)
            own.sum += mean
            own.squares += mean * mean
            own.held += mean.magnitude <= reach * error ? 1 : 0
            plainHeld += center.magnitude <= reach * scatter ? 1 : 0
        }
        let n = Double(sweeps), bias = own.sum / n, spread = (own.squares / n - bias * bias).squareRoot() / n.squareRoot()
        let (coverage, plainCoverage) = (Double(own.held) / n, Double(plainHeld) / n)
        #expect(bias.magnitude < 4.5 * spread, "\(law) \(count): \(bias) +- \(spread)")
        // Three standard errors of a difference of two shares near 0.95.
        #expect(coverage >= min(0.935, plainCoverage - 0.02), "\(law) \(count): \(coverage), plain \(plainCoverage)")
    }

    /// 0.9 of the variance or less is to be left: a correlation of a tenth is left alone, one of nine tenths is taken.
    @Test func itIsTakenWhereItHelps() {
        let z = Normals(5), e = Normals(6)
        func taken(_ correlation: Double) -> Bool {
            let control = (0..<512).map { z[$0] }
            let rest = (1 - correlation * correlation).squareRoot()
            return ControlVariate.adjusted(control.indices.map { correlation * control[$0] + rest * e[$0] }, control: control, mean: 0) != nil
        }
        #expect(!taken(0) && !taken(0.1) && taken(0.9) && taken(-0.9))
        // Too few, or a control that does not scatter.
        #expect(ControlVariate.adjusted([Double](repeating: 1, count: 31), control: [Double](repeating: 1, count: 31), mean: 1) == nil)
        #expect(ControlVariate.adjusted((0..<64).map { z[$0] }, control: [Double](repeating: 1, count: 64), mean: 1) == nil)
    }

    /// Later trials change no earlier decision: whether it helps is seen from the first 64.
    @Test func theFirstTrialsDecide() {
        let z = Normals(7), e = Normals(8)
        let control = (0..<4000).map { z[$0] }
        // Related in the first trials alone, and the other way round.
        let early = control.indices.map { $0 < 64 ? control[$0] + 0.1 * e[$0] : e[$0] }
        let late = control.indices.map { $0 < 64 ? e[$0] : control[$0] + 0.1 * e[$0] }
        #expect(ControlVariate.adjusted(early, control: control, mean: 0) != nil)
        #expect(ControlVariate.adjusted(late, control: control, mean: 0) == nil)
    }

    @Test func whatHasNoPairStaysAsItIs() throws {
        let (responses, control) = Self.sample(3, 100)
        var broken = responses, shorter = Array(control.prefix(80))
        broken[5] = .infinity
        broken[6] = .nan
        shorter[7] = .nan
        let adjusted = try #require(ControlVariate.adjusted(broken, control: shorter, mean: 1))
        #expect(adjusted[5] == .infinity && adjusted[6].isNaN && adjusted[7] == responses[7])
        #expect(Array(adjusted[80...]) == Array(responses[80...]) && adjusted[0] != responses[0])
        // The control itself is known without a trial.
        #expect(ControlVariate.adjusted(control, control: control, mean: 1) == [Double](repeating: 1, count: 100))
    }
}

/// SGD and another optimizer at three rhos; distances are roots of the samples above.
private struct PairedColumns: TrialColumns {
    var count = 200
    var diverged: Set<Int> = []
    var dimensions: [GridDimension] {
        [
            GridDimension(name: "optimizer", values: .names(["sgd", "n-sam"]), longName: ""),
            GridDimension(name: "rho", values: .numbers([0, 0.1, 0.2]), longName: ""),
        ]
    }
    var dependentCoordinates: [AuxiliaryCoordinate] { [] }
    var statistics: [String] { ["distance", "suboptimality"] }
    var trials: Int { count }
    var sharesRandomNumbers: Bool { true }

    /// Squared.
    func square(_ cell: Int, _ trial: Int) -> Double {
        let z = Normals(77)[trial]
        return cell < 4 ? z * z : (1 + 0.1 * Double(cell)) * z * z + 0.01 * abs(Normals(cell)[trial])
    }

    func values(of statistic: String, cells: Range<Int>) -> [Double] {
        cells.flatMap { cell in
            (0..<count).map { diverged.contains(cell) && $0 == 0 ? .nan : statistic == "distance" ? square(cell, $0).squareRoot() : square(cell, $0) / 2 }
        }
    }
    func status(cells: Range<Int>) -> [UInt8] {
        cells.flatMap { cell in (0..<count).map { diverged.contains(cell) && $0 == 0 ? 2 : 1 } }
    }
    func stepsTaken(cells: Range<Int>) -> [Int64] { [Int64](repeating: 1, count: cells.count * count) }
}

@Suite struct ControlledColumnsTests {
    private static let control = ControlCell(cell: 0, means: ["distance_squared": 1, "suboptimality": 0.5])

    @Test func fitsSeeAdjustedMeansAndPlainDistances() throws {
        let plain = PairedColumns()
        let columns = ControlledColumns(plain, controls: [ControlCell?](repeating: Self.control, count: 6))
        #expect(columns.statistics == ["distance", "suboptimality", "distance_squared"])
        #expect(try columns.values(of: "distance", cells: 0..<6) == plain.values(of: "distance", cells: 0..<6))
        for (name, unit) in [("distance_squared", 1.0), ("suboptimality", 0.5)] {
            #expect(try columns.values(of: name, cells: 0..<4) == [Double](repeating: unit, count: 4 * plain.count))
            for cell in 4..<6 {
                let (mean, error) = GroupData.meanAndError(try columns.values(of: name, cells: cell..<cell + 1))
                let (own, scatter) = GroupData.meanAndError((0..<plain.count).map { unit * plain.square(cell, $0) })
                #expect(error < scatter / (name == "suboptimality" ? 5 : 20))
                #expect(abs(mean - own) < 4 * scatter)
            }
        }
        // In the place of a fit's squares, and of excesses over the control.
        let session = try FitSession(columns, request: FitRequest(response: "excess"))
        let table = try #require(try session.tables(groups: 0..<2).last)
        #expect(table.points.count >= 2)
        for point in table.points {
            let cell = 3 + Int(10 * point.x + 0.5)
            #expect(point.responses == (try columns.values(of: "distance_squared", cells: cell..<cell + 1)).map { $0 - 1 })
        }
        let gains = try columns.gains(of: "distance_squared")
        #expect(gains.map(\.cell) == Array(0..<6) && gains[0].plainTrials.isInfinite && gains[5].plainTrials > 400 * 200)
    }

    @Test func aControlThatDivergedIsNone() throws {
        let plain = PairedColumns(diverged: [0])
        let columns = ControlledColumns(plain, controls: [ControlCell?](repeating: Self.control, count: 6))
        #expect(try columns.values(of: "suboptimality", cells: 4..<5) == plain.values(of: "suboptimality", cells: 4..<5))
        #expect(try columns.gains(of: "distance_squared").isEmpty)
        // And without controls nothing is touched.
        let untouched = ControlledColumns(plain, controls: [])
        #expect(untouched.statistics == plain.statistics)
        #expect(try untouched.controlled([1, 2], cell: 4) == [1, 2] && untouched.gains(of: "distance_squared").isEmpty)
    }

    /// f - f* against the recursion of each coordinate's mean and variance, step by step.
    @Test func exactMeansAreThoseOfTheRecursion() throws {
        let blocks = [(0.1, 2, 0.7), (1.0, 3, 0.2), (2.5, 1, 0.0)]
        let setting = TheorySetting(
            problem: "quadratic", optimizer: "n-sam", noiseModel: "rademacher", learningRate: 0.3, rho: 0, noise: 0.4, steps: 37,
            blocks: blocks.map { TheorySetting.Block(eigenvalue: $0.0, multiplicity: $0.1, startNorm: $0.2) })
        let means = try #require(TheoryCatalogue.exactMeans(setting))
        var (square, value) = (0.0, 0.0)
        for (lambda, count, norm) in blocks {
            var (mean, variance) = (norm, 0.0)
            for _ in 0..<37 {
                mean -= 0.3 * lambda * mean
                variance = (1 - 0.3 * lambda) * (1 - 0.3 * lambda) * variance + 0.09 * 0.16
            }
            square += mean * mean + Double(count) * variance
            value += lambda * (mean * mean + Double(count) * variance) / 2
        }
        #expect(abs(try #require(means["distance_squared"]) / square - 1) < 1e-12)
        #expect(abs(try #require(means["suboptimality"]) / value - 1) < 1e-12)
        var other = setting
        other.rho = 0.1
        #expect(TheoryCatalogue.exactMeans(other) == nil)
        other = setting
        other.optimizerParameters = ["momentum": 0.9]
        #expect(TheoryCatalogue.exactMeans(other) == nil)
    }
}
