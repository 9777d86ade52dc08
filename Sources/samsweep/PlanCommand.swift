import ArgumentParser
import AxisRefinement
import JSONText
import SweepExecution
import SweepPlanning
import TrialContract
import Wording

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Says what a sweep amounts to, without running it.",
        discussion: "Seconds are predicted from a short trial of the sweep's own cells on this machine.")

    @OptionGroup var source: SweepOptions

    @Option(help: ArgumentHelp("Also say what one of N shards amounts to.", valueName: "n"))
    var shards = 1

    @Option(help: "Output format: text or json.")
    var format: TextOrJSON = .text

    @OptionGroup var machine: MachineOptions

    func validate() throws {
        guard (1...Shard.most).contains(shards) else {
            throw ValidationError("--shards \(shards) is out of range: give a number from 1 to \(Shard.most)")
        }
    }

    func run() throws {
        let plan = try source.plan()
        if shards > 1 { try GoalOverride.requireWhole(plan, option: "--shards") }
        let threads = machine.threadCount
        let kernel = try machine.kernel()
        let calibration = Calibration(plan: plan, kernel: kernel, threads: threads)
        let (estimate, seconds) = (plan.estimate, try calibration.predictedSeconds())
        let pilot = try plan.goal.flatMap { goal in
            try GoalPilot(plan: plan, goal: goal, kernel: kernel, threads: threads).prediction(firstRound: seconds, estimate: estimate)
        }
        let forecast = Forecast(
            plan: plan, estimate: estimate, seconds: seconds, pilot: pilot, threads: threads,
            shards: shards, load: shards > 1 ? try ShardMap(plan: plan.stored, count: shards).load : (1, 1))
        switch format {
        case .text: try StandardOutput.print(forecast.text)
        case .json: try StandardOutput.print(forecast.json.pretty)
        }
    }
}

/// What a sweep amounts to.
struct Forecast {
    let plan: PlannedSweep
    let estimate: PlanEstimate
    /// On this machine's threads.
    let seconds: Double
    /// What a goal is likely to take; `nil` without a goal, and where a pilot would take too long.
    var pilot: GoalPilot.Prediction?
    let threads: Int
    let shards: Int
    /// How many of the shards have work, and what share of the whole the largest has.
    let load: (parts: Int, largestShare: Double)

    /// Bytes of memory of a run: see `memory(threads:)`.
    var memory: Double { Self.memory(plan, estimate, threads: threads) }

    /// The program itself, a block's iterates, noise and outcomes for each worker, and two windows of cells for each; with
    /// trajectories, those of the cells in work, in the kernel's blocks and gathered.
    static func memory(_ plan: PlannedSweep, _ estimate: PlanEstimate, threads: Int) -> Double {
        let program = 40e6
        let iterates = workingBytes(state: plan.largestState)
        let outcomes = 65_536 * Double(estimate.bytesPerTrial) * 2
        let windows = 4096.0 * 2 * 256
        let gathered = plan.curve?.gatheredBytes(trials: plan.trials, dimension: plan.largestDimension)
        let window = gathered.map { max($0, ExecutionOptions.gatheredBytesPerWindow) } ?? 0
        let curves = min(window, (gathered ?? 0) * Double(estimate.includedCells))
        return program + Double(threads) * (iterates + outcomes + windows) + Double(2 * threads + 1) * curves
    }

    /// What a worker holds of eight trials: iterates, gradients, perturbations and noise.
    static func workingBytes(state: Int) -> Double { max(16e6, 8 * 8 * 4 * Double(state)) }

    var text: String {
        var rows: [(String, String)] = [
            ("sweep", plan.name + (plan.title == plan.name ? "" : ": \(plan.title.visible)")), ("cells", cells),
            ("trials", "\(NumberText.grouped(estimate.trials)) (\(NumberText.grouped(plan.trials)) in each cell)"
                + (plan.goal == nil ? "" : " in the first round, and all below is of that round")),
            ("coordinate-steps", NumberText.scaled(estimate.coordinateSteps)), ("time", time),
            ("result", NumberText.bytes(estimate.resultBytes)),
            ("memory", NumberText.bytes(memory)),
        ]
        if let search = plan.minimumSearchSeconds, search >= 1 {
            let place = rows.firstIndex { $0.0 == "time" }.map { $0 + 1 } ?? rows.count
            rows.insert(
                ("minimiser", "\(NumberText.duration(search)) besides to find it, as now; not where a result in the folder of --output holds it, "
                    + "which a run leaves from its beginning on" + (MinimumCache.folder.map { ", or \($0)" } ?? "")), at: place)
        }
        if let goal = plan.goal {
            let budget = goal.budget.map { ", or a budget of \($0.text)" } ?? ""
            rows.insert(("goal", "\(goal.text), up to \(NumberText.grouped(goal.atMost)) trials in each cell\(budget)"), at: 3)
        }
        rows += goalRows
        if let axis = plan.adaptive {
            rows.insert(
                ("adaptive", "\(axis.name): \(counted(axis.given.count, "value")) at first, up to \(NumberText.grouped(axis.atMost)), to see "
                    + "\(axis.text); all below is of the first"), at: 2)
        }
        if let blocks = plan.summaryBlocks {
            rows.insert(("kept", "summaries of \(blocks.count) blocks of \(counted(blocks.trialsPerBlock, "trial")) in each cell"), at: 3)
        }
        if shards > 1 {
            let label = load.parts == shards ? "each of \(shards) shards" : "largest of \(shards) shards"
            rows.append((label, "\(NumberText.scaled(estimate.coordinateSteps * load.largestShare)) "
                + "coordinate-steps, \(NumberText.duration(seconds * load.largestShare)) on a machine like this one"))
            rows.append(("shard files", "up to \(NumberText.bytes(sizes.largest)) each, \(NumberText.bytes(sizes.all)) "
                + "in all; merged \(NumberText.bytes(sizes.merged)) besides"))
            if load.parts < shards {
                let reason = plan.curve == nil ? "" : ": with curves, a cell is computed whole"
                rows.append(("parts", "\(NumberText.grouped(load.parts)), the other shards have nothing to do\(reason)"))
            }
        }
        rows.append(("not swept", Self.wrapped(plan.unswept.map { "\($0.name) \(Self.shortened($0.value.visible))" })))
        rows += plan.notes.map { ("note", $0) }
        if estimate.isSampled { rows.append(("note", estimate.samplingNote)) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in
            let lines = value.replacing("\n", with: "\n" + String(repeating: " ", count: width + 2))
            return name + String(repeating: " ", count: width + 2 - name.count) + lines
        }.joined(separator: "\n")
    }

    private static func shortened(_ text: String) -> String { text.count > 60 ? text.prefix(59) + "…" : text }

    /// Parts with a comma between, in lines of some hundred letters.
    private static func wrapped(_ parts: [String]) -> String {
        var lines = [""]
        for (place, part) in parts.enumerated() {
            let text = part + (place + 1 < parts.count ? "," : "")
            if lines[lines.count - 1].isEmpty {
                lines[lines.count - 1] = text
            } else if lines[lines.count - 1].count + text.count < 100 {
                lines[lines.count - 1] += " " + text
            } else {
                lines.append(text)
            }
        }
        return lines.joined(separator: "\n")
    }

    /// What the whole goal takes, from a pilot.
    private var goalRows: [(String, String)] {
        guard let goal = plan.goal else { return [] }
        guard let pilot else {
            return [("prediction", "none: a pilot of the goal would take too long here; a run with a budget tells, as --set budget.seconds=60")]
        }
        let forecast = pilot.forecast, reached = forecast.total - forecast.unreached
        let most = forecast.trials.max() ?? 0
        let open = forecast.unreached == 0 ? "" : ", the other \(NumberText.grouped(forecast.unreached)) seem out of reach"
        return [
            ("whole goal", "about \(NumberText.scaled(pilot.trials)) trials, up to \(NumberText.grouped(most)) in a cell, "
                + "\(NumberText.scaled(pilot.coordinateSteps)) coordinate-steps, about \(NumberText.duration(pilot.seconds)); \(NumberText.grouped(reached)) of "
                + "\(counted(forecast.total, forecast.unit)) reached\(open)\(Self.budgetNote(goal, pilot))"),
            ("", "from a pilot of \(counted(pilot.pilotTrials, "trial")) in each cell, which knows it to some tens of per cent"),
        ]
    }

    private static func budgetNote(_ goal: TrialGoal, _ pilot: GoalPilot.Prediction) -> String {
        switch goal.budget {
        case .trials(let most)? where most < pilot.trials: ", beyond the budget"
        case .seconds(let most)? where most < pilot.seconds: ", beyond the budget"
        default: ""
        }
    }

    private var sizes: ShardSizes { ShardSizes(estimate, parts: load.parts, largestShare: load.largestShare) }

    private var cells: String {
        let shape = plan.dimensions.filter { $0.count > 1 }.map { "\($0.name) \($0.count)" }.joined(separator: " x ")
        let excluded = estimate.excludedCells > 0 ? ", \(NumberText.grouped(estimate.excludedCells)) more dropped" : ""
        return "\(NumberText.grouped(estimate.includedCells))\(shape.isEmpty ? "" : " (\(shape))")\(excluded)"
    }

    private var time: String {
        "about \(NumberText.duration(seconds)) on \(counted(threads, "thread")) of this machine"
    }

    var json: JSONValue {
        .object([
            ("name", .string(plan.name)), ("cells", .integer(estimate.includedCells)),
            ("excluded_cells", .integer(estimate.excludedCells)), ("trials", .integer(estimate.trials)),
            ("trials_per_cell", .integer(plan.trials)), ("goal", .optional(plan.goal?.text)),
            ("whole_goal", pilot.map { pilot in
                .object([
                    ("trials", .number(pilot.trials)), ("most_trials", .integer(pilot.forecast.trials.max() ?? 0)),
                    ("coordinate_steps", .number(pilot.coordinateSteps)), ("seconds", .number(pilot.seconds)),
                    ("unit", .string(pilot.forecast.unit)), ("total", .integer(pilot.forecast.total)),
                    ("out_of_reach", .integer(pilot.forecast.unreached)), ("pilot_trials", .integer(pilot.pilotTrials)),
                ])
            } ?? .null),
            ("adaptive", plan.adaptive.map { axis in
                .object([
                    ("axis", .string(axis.name)), ("values", .integer(axis.given.count)), ("at_most", .integer(axis.atMost)),
                    ("resolve", .string(axis.target.rawValue)),
                ])
            } ?? .null),
            ("trials_per_block", .optional(plan.summaryBlocks?.trialsPerBlock)), ("coordinate_steps", .number(estimate.coordinateSteps)),
            ("noise_draws", .number(estimate.noiseDraws)), ("shared_noise_draws", .number(estimate.sharedNoiseDraws)),
            ("seconds", .number(seconds)), ("minimiser_seconds", .optional(plan.minimumSearchSeconds)), ("threads", .integer(threads)), ("bytes", .number(estimate.resultBytes)),
            ("memory_bytes", .number(memory)), ("largest_dimension", .integer(estimate.largestDimension)),
            ("shards", .integer(shards)), ("parts", .integer(load.parts)),
            ("seconds_per_shard", .number(seconds * load.largestShare)),
            ("bytes_per_shard", .number(sizes.largest)), ("bytes_of_shards", .number(sizes.all)),
            ("sampled", .boolean(estimate.isSampled)),
            ("note", .optional(estimate.isSampled ? estimate.samplingNote : nil)),
            ("not_swept", .object(plan.unswept.map { ($0.name, .string($0.value)) })),
            ("notes", .array(plan.notes.map { .string($0) })), ("sweep_fingerprint", .string(plan.sweepFingerprint)), ("plan_fingerprint", .string(plan.planFingerprint)),
        ])
    }
}
