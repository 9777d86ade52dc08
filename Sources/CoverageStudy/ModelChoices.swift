import ScalingFits

/// Which models are chosen where the true one is known.
package struct ModelChoices {
    /// Sweeps by the model that was chosen.
    package private(set) var chosen: [String: Int] = [:]
    package private(set) var fits = 0
    /// Sweeps in which more than the truth was chosen, and those of them in which the truth is named as not ruled out.
    package private(set) var added = (all: 0, undecided: 0)
    /// Sweeps for which a window narrower than all points was looked for and found.
    package private(set) var narrowed = 0

    package init(_ law: KnownLaw, trials: Int, numbers: SharedNumbers, sweeps: Range<Int>) throws {
        let sweep = SyntheticSweep(law, trials: trials, numbers: numbers)
        let fitter = try ScalingFitter(options: FitOptions(bootstrapResamples: 0))
        for seed in sweeps {
            guard case .fit(let fit) = fitter.fit([sweep.table(seed: UInt32(seed))], threads: 1)[0] else { continue }
            fits += 1
            chosen[fit.model, default: 0] += 1
            if !law.noMoreThanTrue.contains(fit.model) {
                added.all += 1
                if fit.undecided.contains(where: law.noMoreThanTrue.contains) { added.undecided += 1 }
            }
            if fit.windowOrigin == .found { narrowed += 1 }
        }
    }

    /// Per cent of sweeps in which more than the truth is claimed.
    package var claimed: Double { 100 * Double(added.all - added.undecided) / Double(max(1, fits)) }

    /// Per cent of sweeps in which one of these models was chosen.
    package func share(of models: Set<String>) -> Double {
        let count = chosen.reduce(0) { $0 + (models.contains($1.key) ? $1.value : 0) }
        return 100 * Double(count) / Double(max(1, fits))
    }
}

/// What becomes of a floor, by its estimate in standard errors.
package struct FloorDetection {
    /// Sweeps with an estimate below two standard errors, and those of them that are called undecided.
    package private(set) var weak = (all: 0, undecided: 0)
    /// Sweeps with an estimate of 4.5 to 5.5 standard errors, and those of them in which a floor was found.
    package private(set) var strong = (all: 0, found: 0)

    /// - Parameters:
    ///   - law: without a floor; floors of up to eight of its standard errors are added.
    ///   - floored: the model with a floor.
    package init(_ law: KnownLaw, floored: String, trials: Int, numbers: SharedNumbers, sweeps: Range<Int>) throws {
        let forced = try ScalingFitter(options: FitOptions(model: floored, bootstrapResamples: 0, window: .all))
        let free = try ScalingFitter(options: FitOptions(bootstrapResamples: 0, window: .all))
        func estimate(_ table: ResponseTable) -> (value: Double, error: Double)? {
            guard case .fit(let fit) = forced.fit([table], threads: 1)[0], let error = fit.parameters[0].standardError
            else { return nil }
            return (fit.parameters[0].value, error)
        }
        let pilots = (0..<40).compactMap { seed in
            estimate(SyntheticSweep(law, trials: trials, numbers: numbers).table(seed: 1_000_000 + seed))?.error
        }
        let unit = pilots.sorted()[pilots.count / 2]
        for seed in sweeps {
            let floor = Double(seed % 33) / 4 * unit
            var lifted = SyntheticSweep(law, trials: trials, numbers: numbers)
            let base = lifted.law
            lifted.law = { floor + base($0) }
            let table = lifted.table(seed: UInt32(seed))
            guard let own = estimate(table), case .fit(let fit) = free.fit([table], threads: 1)[0] else { continue }
            let size = own.value / own.error
            if abs(size) < 2 {
                weak.all += 1
                if fit.undecided.contains(floored) { weak.undecided += 1 }
            } else if (4.5...5.5).contains(size) {
                strong.all += 1
                if fit.floor != nil { strong.found += 1 }
            }
        }
    }
}
