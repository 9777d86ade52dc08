import ScalingFits

/// The study as text, line by line as results come in.
struct StudyReport {
    let sweeps: Int
    let resamples: Int
    let laws: [KnownLaw]
    private let settings = [64, 256].flatMap { trials in SharedNumbers.allCases.map { (trials, $0) } }

    func write(_ line: (String) -> Void) throws {
        line("\(sweeps) synthetic sweeps per line; random numbers common or independent between points\n")
        try coverage(line)
        locals(line)
        try choices(line)
        try floors(line)
    }

    private func coverage(_ line: (String) -> Void) throws {
        line("Per cent of 95 % intervals (BCa, \(resamples) resamples) that contain the truth, and median half width")
        for law in laws {
            for (trials, numbers) in settings {
                let count = try Coverage(
                    law, trials: trials, numbers: numbers, sweeps: 0..<sweeps, resamples: resamples)
                let cells = law.truth.indices.map { index in
                    let width = Figures.significant(count.halfWidth(index), 2)
                    return column(law.truth[index].name, 16)
                        + column("\(Figures.fixed(count.percentages[index], decimals: 1)) (± \(width))", 20)
                }
                line(heading(law.model, trials, numbers) + cells.joined())
            }
        }
    }

    private func locals(_ line: (String) -> Void) {
        line("\nPer cent of 95 % intervals of local exponents that contain the truth")
        guard let law = laws.first(where: { $0.model == "power" }) else { return }
        for (trials, numbers) in settings {
            let share = localExponentCoverage(
                law, exponent: 1.5, trials: trials, numbers: numbers, sweeps: 0..<sweeps)
            line(heading(law.model, trials, numbers) + Figures.fixed(share, decimals: 1))
        }
    }

    private func choices(_ line: (String) -> Void) throws {
        line("\nModels chosen, per cent (added: more than the truth and simpler models; claimed: and these not named as undecided)")
        for law in laws {
            for (trials, numbers) in settings {
                let choices = try ModelChoices(law, trials: trials, numbers: numbers, sweeps: 0..<sweeps)
                let names = ModelCatalogue.descriptions.map(\.name).filter { choices.chosen[$0] != nil }
                let shares = names.map { "\($0) \(Figures.fixed(choices.share(of: [$0]), decimals: 1))" }
                let added = Set(names).subtracting(law.noMoreThanTrue)
                line(heading(law.model, trials, numbers)
                    + column("added \(Figures.fixed(choices.share(of: added), decimals: 1))", 12)
                    + column("claimed \(Figures.fixed(choices.claimed, decimals: 1))", 14) + shares.joined(separator: ", "))
            }
        }
    }

    private func floors(_ line: (String) -> Void) throws {
        line("\nFloors: called undecided below 2 standard errors, found at 4.5 to 5.5 (per cent)")
        for (model, floored) in [("power", "power+floor"), ("linear+quadratic", "polynomial")] {
            guard let law = laws.first(where: { $0.model == model }) else { continue }
            for (trials, numbers) in settings {
                let floors = try FloorDetection(
                    law, floored: floored, trials: trials, numbers: numbers, sweeps: 0..<sweeps)
                line(heading(floored, trials, numbers)
                    + "undecided \(share(floors.weak.undecided, floors.weak.all)), "
                    + "found \(share(floors.strong.found, floors.strong.all))")
            }
        }
    }

    private func share(_ part: Int, _ all: Int) -> String {
        "\(Figures.fixed(100 * Double(part) / Double(max(1, all)), decimals: 1)) of \(all)"
    }

    private func heading(_ model: String, _ trials: Int, _ numbers: SharedNumbers) -> String {
        column(model, 18) + column("\(trials) trials", 12) + column(numbers.name, 13)
    }

    private func column(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
