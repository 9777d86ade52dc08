import PortableMath
import ScalingFits
import Testing
import TrialContract

@testable import AxisRefinement

/// Two settings along rho, with responses by formula.
private struct FormulaColumns: TrialColumns {
    var rho: [Double]
    var trials: Int
    var sharesRandomNumbers = true
    var settings = ["sgd", "n-sam"]
    /// By setting, rho and trial.
    var response: @Sendable (Int, Double, Int) -> Double

    var dimensions: [GridDimension] {
        [
            GridDimension(name: "optimizer", values: .names(settings), longName: "optimizer"),
            GridDimension(name: "rho", values: .numbers(rho), longName: "rho"),
        ]
    }
    var dependentCoordinates: [AuxiliaryCoordinate] { [] }
    var statistics: [String] { ["distance_squared"] }

    func values(of statistic: String, cells: Range<Int>) -> [Double] {
        cells.flatMap { cell in
            (0..<trials).map { response(cell / rho.count, rho[cell % rho.count], $0) }
        }
    }

    func status(cells: Range<Int>) -> [UInt8] { [UInt8](repeating: TrialStatus.finished.rawValue, count: cells.count * trials) }
    func stepsTaken(cells: Range<Int>) -> [Int64] { [Int64](repeating: 1, count: cells.count * trials) }
}

/// Numbers around zero with unit variance, the same for the same trial.
private func noise(_ trial: Int, _ salt: Int = 0) -> Double {
    let words = Philox4x32.block(counter: SIMD4(UInt32(trial), UInt32(salt), 0, 0), key: SIMD2(7, 11))
    return (0..<4).reduce(0) { $0 + (Double(words[$1]) * 0x1p-32 - 0.5) } * 3.0.squareRoot()
}

private func axis(
    _ target: AdaptiveAxis.Target, from: Double = 1e-3, to: Double = 100, atMost: Int = 40, pair: TrialGoal.Pair? = nil,
    fixed: [Double] = [0]
) throws -> AdaptiveAxis {
    AdaptiveAxis(
        name: "rho", range: try #require(NestedRange(from: from, to: to)), atMost: atMost, target: target,
        response: "distance_squared", rivals: target == .crossing ? AdaptiveAxis.Rivals(over: "optimizer", pair: pair) : nil,
        fixed: fixed)
}

/// Goes through all rounds; each sees a result with the values taken by then, and whatever `others` adds.
private func refined(
    _ axis: AdaptiveAxis, trials: Int = 16, others: [Int] = [], moreTrials: Int = 0, shared: Bool = true,
    _ response: @escaping @Sendable (Int, Double, Int) -> Double
) throws -> AxisRefinement {
    var refinement = AxisRefinement(axis, trials: trials)
    for _ in 0..<100 {
        let columns = FormulaColumns(
            rho: axis.values(at: refinement.positions + others), trials: trials + moreTrials, sharesRandomNumbers: shared,
            response: response)
        if try refinement.decide(columns).isLast { return refinement }
    }
    Issue.record("no end")
    return refinement
}

@Suite struct NestedRangeTests {
    @Test func valuesAreThoseOfPlainRanges() throws {
        let range = try #require(NestedRange(from: 1e-3, to: 100))
        for segments in [4, 8, 16, 64, 512, 4096] {
            let plain = PortableMath.logspace(from: 1e-3, to: 100, count: segments + 1)
            for place in 0...segments {
                #expect(range.value(at: place * NestedRange.finest / segments).bitPattern == plain[place].bitPattern)
            }
        }
        for position in stride(from: 0, through: NestedRange.finest, by: 13) {
            #expect(range.position(of: range.value(at: position)) == position)
            #expect(range.position(of: range.value(at: position).nextUp) == nil)
        }
        #expect(range.position(of: 0) == nil && range.position(of: 1e9) == nil)
        #expect(NestedRange(from: 1, to: 1 + 1e-13) == nil)
        #expect(NestedRange.first(atMost: 5).count == 5 && NestedRange.first(atMost: 8).count == 5 && NestedRange.first(atMost: 9).count == 9)
        #expect(NestedRange.middle(3, 4) == nil && NestedRange.middle(2, 4) == 3)
    }
}

@Suite struct AxisRefinementTests {
    /// sgd at 1, the other at 1.5 - x/2 for x below 1 and so on: 1 + (1 - x) c; they cross at 0.37.
    @Test func aCrossingIsClosedInUpon() throws {
        let place = 0.37
        let result = try refined(axis(.crossing)) { setting, x, trial in
            1 + 0.01 * noise(trial) + (setting == 1 ? 0.2 * PortableMath.log(max(x, 1e-9) / place) : 0)
        }
        let values = result.axis.values(at: result.positions)
        let below = try #require(values.last { $0 <= place }), above = try #require(values.first { $0 > place })
        // Paired trials leave no doubt: down to a hundredth, by halving.
        #expect(above / below < 1.011, "\(values)")
        #expect(result.positions.count < 34 && result.decisions.last?.outcome == .resolved)
        #expect(values.count { $0 > place / 3 && $0 < place * 3 } > values.count / 3)
    }

    /// With scatter that is not shared, values nearer than the crossing is known are not asked for.
    @Test func aBlurredCrossingIsLeftSooner() throws {
        let sharp = try refined(axis(.crossing), trials: 64) { setting, x, trial in
            1 + (setting == 1 ? 0.2 * PortableMath.log(max(x, 1e-9) / 0.37) : 0) + 1e-6 * noise(trial, setting)
        }
        let blurred = try refined(axis(.crossing), trials: 64, shared: false) { setting, x, trial in
            1 + (setting == 1 ? 0.2 * PortableMath.log(max(x, 1e-9) / 0.37) : 0) + 0.5 * noise(trial, 17 * setting + Int(x * 1000))
        }
        #expect(blurred.positions.count + 2 < sharp.positions.count, "\(blurred.decisions.map(\.text))")
        #expect(blurred.decisions.last?.outcome == .resolved)
    }

    /// The difference is 0.2 ln(x/0.37) with a scatter of 0.08 that all places share: ln x of the crossing is known to
    /// 2.00 · 0.08/√64/0.2 = 0.100 (Student's t of 63 degrees, 95 %). Its segment is cut until it is no wider, and not once more.
    @Test func aSegmentIsCutUntilItIsAsWideAsTheCrossingIsKnown() throws {
        let result = try refined(axis(.crossing), trials: 64) { setting, x, trial in
            1 + (setting == 1 ? 0.2 * PortableMath.log(max(x, 1e-9) / 0.37) + 0.08 * noise(trial, 5) : 0)
        }
        let values = result.axis.values(at: result.positions).filter { $0 > 0 }
        let mean = (0..<64).reduce(0.0) { $0 + noise($1, 5) } / 64, crossing = 0.37 * PortableMath.exp(-0.4 * mean)
        let low = try #require(values.last { $0 <= crossing }), high = try #require(values.first { $0 > crossing })
        let width = PortableMath.log(high / low)
        #expect(width > 0.045 && width < 0.11, "\(low) \(high)")
        #expect(result.decisions.last?.outcome == .resolved)
    }

    /// x² below 1, x above, smoothly: values gather at the knee, and the exponent changes by less than a tenth from each to the next.
    @Test func valuesGatherWhereTheExponentChanges() throws {
        let law: @Sendable (Double) -> Double = { x in x * x / PortableMath.pow(1 + PortableMath.pow(x, 8), 1.0 / 8) }
        let result = try refined(axis(.regime)) { _, x, trial in law(x) * (1 + 0.001 * noise(trial)) }
        let values = result.axis.values(at: result.positions).filter { $0 > 0 }
        #expect(values.count { $0 > 0.4 && $0 < 2.5 } > values.count / 2, "\(values)")
        #expect(result.decisions.last?.outcome == .resolved, "\(result.decisions.map(\.text))")
        let slopes = zip(values, values.dropFirst()).map { PortableMath.log(law($1) / law($0)) / PortableMath.log($1 / $0) }
        for (first, second) in zip(slopes, slopes.dropFirst()) { #expect(abs(second - first) < 0.2) }
    }

    /// Straight lines between the values are then within some percent of the law.
    @Test func valuesDescribeTheCourse() throws {
        let law: @Sendable (Double) -> Double = { x in 0.01 + x * x / (1 + x) }
        let result = try refined(axis(.curvature, from: 1e-2, to: 100)) { _, x, _ in law(x) }
        #expect(result.decisions.last?.outcome == .resolved, "\(result.decisions.map(\.text))")
        let values = result.axis.values(at: result.positions).filter { $0 > 0 }
        for (low, high) in zip(values, values.dropFirst()) {
            for part in 1..<10 {
                let share = Double(part) / 10
                let line = PortableMath.pow(law(low), 1 - share) * PortableMath.pow(law(high), share)
                let x = PortableMath.pow(low, 1 - share) * PortableMath.pow(high, share)
                #expect(abs(line / law(x) - 1) < 0.03, "\(x)")
            }
        }
        // Nine values alone are not enough for that.
        #expect(result.positions.count > 12)
    }

    /// Scatter is not taken for bends: a power law gets no more than a second look.
    @Test(arguments: [true, false]) func scatterIsNoBend(shared: Bool) throws {
        let result = try refined(axis(.regime), trials: 64, shared: shared) { setting, x, trial in
            max(x, 1e-9) * (1 + 0.3 * noise(trial, shared ? 0 : Int(1e6 * PortableMath.log(x + 1))))
        }
        #expect(result.positions.count <= 17, "\(result.decisions.map(\.text))")
    }

    @Test func aDecisionSeesNothingElse() throws {
        let response: @Sendable (Int, Double, Int) -> Double = { setting, x, trial in
            1 + 0.05 * noise(trial) + (setting == 1 ? 0.2 * PortableMath.log(max(x, 1e-9) / 0.37) + 0.02 * noise(trial, 5) : 0)
        }
        let alone = try refined(axis(.crossing), response)
        let beside = try refined(axis(.crossing), others: Array(stride(from: 1, to: 4096, by: 77)), moreTrials: 40, response)
        #expect(alone.positions == beside.positions && alone.decisions == beside.decisions && alone.decisions.count > 3)
        // What a smaller at_most allows is among what a larger one does.
        let few = try refined(axis(.crossing, atMost: 11), response)
        #expect(Set(few.positions).isSubset(of: alone.positions) && few.positions.count == 11)
        #expect(few.decisions.last?.outcome == .atMost && few.decisions.last?.text.contains("cross at") == true)
    }

    @Test func whatIsNotThereIsSaid() throws {
        let result = try refined(axis(.crossing)) { setting, _, trial in Double(1 + setting) + 0.1 * noise(trial) }
        #expect(result.positions.count == 17 && result.decisions.last?.outcome == .nothing)
        #expect(result.decisions.last?.text == "rho, round 2: 17 values: no crossing is seen")
        // As few as are allowed, and none more.
        let few = try refined(axis(.crossing, atMost: 6)) { setting, _, trial in Double(1 + setting) + 0.1 * noise(trial) }
        #expect(few.positions.count == 5 && few.decisions.last?.outcome == .nothing)
    }

    @Test func aBudgetEndsIt() throws {
        var refinement = AxisRefinement(try axis(.curvature), trials: 4)
        let columns = FormulaColumns(rho: refinement.axis.values(at: refinement.positions), trials: 4) { _, x, _ in 1 + x * x }
        let decision = try refinement.decide(columns) { $0.count <= 9 }
        #expect(decision.outcome == .budget && decision.added.isEmpty && refinement.positions.count == 9)
    }
}
