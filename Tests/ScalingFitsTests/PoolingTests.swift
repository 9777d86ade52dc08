import PortableMath
import Testing

@testable import ScalingFits

@Suite struct PoolingTests {
    private func fits(
        _ exponents: [Double], common: Bool, sameNoise: Bool = false, trials: Int = 64
    ) throws -> [FitOutcome] {
        let tables = exponents.enumerated().map { index, exponent in
            Synthetic.noisy(
                seed: sameNoise ? 5 : 40 + UInt32(index), trials: trials, common: common,
                group: GroupKey(["optimizer": .name(index % 2 == 0 ? "n-sam" : "m-sam"), "noise": .number(Double(index))])
            ) { PortableMath.pow($0, exponent) }
        }
        return try ScalingFitter(options: FitOptions(model: "power", bootstrapResamples: 0, window: .all)).fit(tables)
    }

    @Test func equalExponentsArePooledMorePreciselyThanAny() throws {
        let outcomes = try fits(Array(repeating: 2, count: 12), common: false)
        let pooled = try #require(ExponentPooling.pool(outcomes, by: []).first)
        #expect(pooled.groups == 12 && pooled.leftOut == 0 && !pooled.isJoint)
        #expect(pooled.interval.contains(2))
        let single = outcomes.compactMap { $0.fitted?.exponentScatter?.standardError }
        #expect(pooled.standardError < 0.45 * single.min()!)
        #expect(try #require(pooled.homogeneityProbability) > 0.001)
    }

    @Test func differentExponentsAreHeterogeneous() throws {
        let outcomes = try fits([1.5, 1.7, 1.9, 2.1, 2.3, 2.5], common: false, trials: 256)
        let pooled = try #require(ExponentPooling.pool(outcomes, by: []).first)
        #expect(abs(pooled.heterogeneity - 0.374) < 0.06, "standard deviation of the six: \(pooled.heterogeneity)")
        #expect(try #require(pooled.homogeneityProbability) < 1e-6)
        #expect(pooled.interval.contains(2) && pooled.interval.width > 0.5)
    }

    /// Groups with the same noise err together: pooling twelve of them gains nothing, and that must show.
    @Test func sharedRandomNumbersDoNotCountTwelveTimes() throws {
        let outcomes = try fits(Array(repeating: 2, count: 12), common: true, sameNoise: true)
        let pooled = try #require(ExponentPooling.pool(outcomes, by: []).first)
        let single = outcomes.compactMap { $0.fitted?.exponentScatter?.standardError }
        #expect(pooled.isJoint && abs(pooled.standardError / single[0] - 1) < 0.05)
        #expect(pooled.heterogeneity < 1e-6)
    }

    @Test func poolsAreToldApart() throws {
        let outcomes = try fits([2, 1, 2, 1, 2, 1], common: false)
        let pools = ExponentPooling.pool(outcomes, by: ["optimizer"])
        #expect(pools.map(\.by.description) == ["optimizer = n-sam", "optimizer = m-sam"])
        #expect(pools[0].interval.contains(2) && pools[1].interval.contains(1))
    }

    @Test func groupsWithoutAnExponentAreLeftOut() throws {
        let outcomes = try fits([2, 2], common: false)
            + [try ScalingFitter.fit(Synthetic.deterministic { $0 }, options: FitOptions())]
        #expect(ExponentPooling.pool(outcomes, by: []).first?.leftOut == 1)
        #expect(ExponentPooling.pool([], by: []).isEmpty)
    }

    /// Holm 1979: sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1, made monotonic.
    @Test func holmsCorrection() {
        #expect(Multiplicity.holm([0.04, 0.01, 0.03, 0.02]).map { Figures.fixed($0, decimals: 6) }
            == ["0.060000", "0.040000", "0.060000", "0.060000"])
        #expect(Multiplicity.holm([0.6, 0.7]) == [1, 1])
        #expect(Multiplicity.holm([]).isEmpty)
    }

    @Test func testsAreCorrectedForAllGroups() throws {
        let outcomes = Multiplicity.corrected(try fits([2, 2, 1.7], common: false))
        let tests = outcomes.compactMap { $0.fitted?.exponentTest }
        #expect(tests.count == 3 && tests.allSatisfy { $0.adjusted >= $0.probability })
        #expect(abs(tests[2].adjusted - 3 * tests[2].probability) < 1e-15)
    }
}

@Suite struct RegimeTests {
    private func local(_ slope: Double, _ reach: Double?) -> LocalExponent {
        LocalExponent(
            from: 0.1, to: 0.2, slope: slope, standardError: reach ?? 0,
            interval: reach.map { Interval(slope - $0, slope + $0) })
    }

    @Test func regimesAreNamedWhereTheScatterAllows() {
        #expect(Regime(local(0.02, 0.1)) == .floor)
        #expect(Regime(local(1.1, 0.3)) == .linear)
        #expect(Regime(local(1.95, 0.2)) == .quadratic)
        #expect(Regime(local(1.5, 0.1)) == .nothing)
        #expect(Regime(local(3, 0.2)) == .nothing)
        #expect(Regime(local(1, 2)) == .undetermined)
        #expect(Regime(local(2, nil)) == .quadratic && Regime(local(1.4, nil)) == .nothing)
    }

    @Test func mapRunsOverTheSecondAxis() throws {
        let tables = [0.0, 0.01, 1].map { floor in
            Synthetic.noisy(seed: 3, trials: 64, common: true, group: GroupKey(["noise": .number(floor), "d": .number(1)])) {
                floor + $0 * $0
            }
        }
        let outcomes = try ScalingFitter(options: FitOptions(bootstrapResamples: 0)).fit(tables)
        let maps = RegimeMap.maps(outcomes, axis: "noise")
        #expect(maps.count == 1 && maps[0].by.description == "d = 1" && maps[0].intervals.count == 12)
        let regimes = maps[0].rows.map { $0.regimes.compactMap(\.self) }
        #expect(regimes[0].allSatisfy { $0 == .quadratic })
        #expect(regimes[1].first == .floor && regimes[1].last == .quadratic)
        #expect(regimes[2].prefix(8).allSatisfy { $0 == .floor })
        #expect(RegimeMap.maps(outcomes, axis: nil)[0].rows.count == 3)
    }

    /// 95 % intervals of slopes, over 12 slopes of 60 sweeps each way.
    @Test(arguments: [true, false]) func localExponentsCoverTheTruth(common: Bool) {
        var (hits, all) = (0, 0)
        for seed in 0..<60 {
            let table = Synthetic.noisy(seed: 700 + UInt32(seed), trials: 64, common: common) { $0 * $0 }
            for local in LocalExponents.of(table) {
                all += 1
                if local.interval?.contains(2) ?? false { hits += 1 }
            }
        }
        #expect(all == 720 && (0.92...0.98).contains(Double(hits) / Double(all)), "\(hits) of \(all)")
    }
}
