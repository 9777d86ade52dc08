import TrialContract

/// A field of the sweep file's top level. What the decoder reads, what the JSON Schema says and the table of fields in
/// the documentation come from the one list of them: a field is one entry there, and, where its form is new, what the
/// compiler then asks for in `SweepDecoder.decode` and `SchemaWriter.form`.
struct SweepField: Sendable {
    /// What is written after the name, and where the values go.
    enum Form: Sendable {
        /// The version of the grammar.
        case version
        case name, title
        /// A number that can be an axis instead.
        case number(NumericField)
        /// A number that is one for the whole sweep, or a goal in its place.
        case trials(NumericField)
        /// One of some words, of which the first is meant where the field is left out.
        case word([String], @Sendable (inout SweepSpec, String, SourcePlace) -> Void)
        /// True or false, and which of them is meant where the field is left out.
        case flag(Bool, @Sendable (inout SweepSpec, Bool) -> Void)
        /// A component or a list of them.
        case choice(ComponentKind)
        case start, axes, zip, derive, condition, record, curves, divergence, claims, budget
        /// Files of definitions, and their texts.
        case use, used
    }

    /// Whether a sweep can do without.
    enum Presence: Sendable {
        case optional
        /// It must be in the file.
        case required(remedy: String)
        /// It must be in the file or be swept.
        case requiredOrSwept(remedy: String)
        /// The same, and the remedy lists the members of the kind.
        case requiredComponent
    }

    let name: String
    let form: Form
    let presence: Presence
    /// One line for the schema: what an editor shows.
    let summary: String
    /// For the documentation, in Markdown; `nil`: `summary`.
    let details: String?
    /// What holds where it is left out, in Markdown, where that does not follow from the form.
    let otherwise: String?

    private init(
        _ name: String, _ form: Form, needed presence: Presence = .optional, _ summary: String, details: String? = nil,
        otherwise: String? = nil
    ) {
        self.name = name
        self.form = form
        self.presence = presence
        self.summary = summary
        self.details = details
        self.otherwise = otherwise
    }

    private init(_ field: NumericField, needed presence: Presence = .optional, details: String, otherwise: String? = nil) {
        self.init(field.name, .number(field), needed: presence, field.longName, details: details, otherwise: otherwise)
    }

    private init(_ kind: ComponentKind, needed presence: Presence = .optional, details: String) {
        self.init(kind.fieldName, .choice(kind), needed: presence, kind.fieldSummary, details: details)
    }

    /// Every field, in the order in which they are decoded and in which messages, the schema and the documentation list
    /// them: components before numbers, what is swept before expressions, and those before what they speak of.
    static let all: [SweepField] = [
        SweepField(
            "schema", .version, needed: .required(remedy: "add the line schema: 1"), "version of the sweep file's grammar",
            details: "version of this grammar: 1"),
        SweepField(
            "name", .name, needed: .required(remedy: "add name: made of a-z, 0-9 and -"), "names the result",
            details: "names the result: at most 100 of a-z, 0-9 and -"),
        SweepField("title", .title, "one line about the sweep; defaults to the name", details: "the heading, one line", otherwise: "the name"),
        SweepField(
            .problem, needed: .requiredComponent,
            details: "name, with its parameters beside it; see `samsweep list problems`; or "
                + "[an objective of your own](YourOwnObjective.md)"),
        SweepField(.optimizer, needed: .requiredComponent, details: "one or a list; see `samsweep list optimizers`; or "
                + "[an algorithm of your own](YourOwnAlgorithm.md)"),
        SweepField(.noiseModel, details: "one or a list, with parameters as `{name: skewed-two-point, q: 0.25}`"),
        SweepField(.learningRateSchedule, details: "how the learning rate changes with t; see `samsweep list schedules`; or "
                + "a formula, as `{factor: \"1 / (t + 1)\"}`"),
        SweepField(.rhoSchedule, details: "how rho changes with t; see `samsweep list schedules`; or "
                + "a formula, as `{factor: \"1 / (t + 1)\"}`"),
        SweepField(
            "noise_scale", .word(["total", "per_coordinate"]) { spec, word, _ in spec.noiseIsTotal = word == "total" },
            "total: E|xi|^2 = noise^2 (the literature's sigma^2); per_coordinate: every coordinate's variance is noise^2",
            details: "`total`: E\\|xi\\|² = noise² · `per_coordinate`: every coordinate has variance noise²"),
        SweepField(
            "noise_precision",
            .word(NoisePrecision.allCases.map(\.rawValue)) { spec, word, _ in
                spec.noisePrecision = NoisePrecision(rawValue: word) ?? .double
            },
            "at what resolution noise is drawn; the state is double precision",
            details: "`double`, or `single`: drawn at 24-bit resolution, faster"),
        SweepField(
            "method",
            .word(MethodSpec.allCases.map(\.rawValue)) { spec, word, place in
                spec.method = MethodSpec(rawValue: word) ?? .full
                spec.methodPlace = place
            },
            "full simulation, or the exact reduction to block norms",
            details: "`full` simulation, exact `reduced` one, or `auto`"),
        SweepField(
            FieldCatalogue.steps, needed: .requiredOrSwept(remedy: "add steps: N, or compute it under derive"),
            details: "T; trials end at x_T"),
        SweepField(
            "trials",
            .trials(
                NumericField(
                    "trials", "trials (seeds) per cell, numbered from 0", FieldCatalogue.trialNumbers, isInteger: true,
                    defaultValue: 1)),
            "trials (seeds) per cell, numbered from 0; or a goal",
            details: "trials of each cell, numbered from 0; or [a goal](Goals.md), as `{until: {relative_error: 0.01}}`"),
        SweepField(
            "budget", .budget, "where to stop though the goal that trials gives is not reached",
            details: "`{gradients: N}`, `{seconds: N}` or `{trials: N}`: where [a goal](Goals.md) ends though it is not reached",
            otherwise: "none"),
        SweepField(
            "variance_reduction", .word(["none", "auto"]) { spec, word, _ in spec.reducesVariance = word == "auto" },
            "auto: goals, fits and claims use trials of SGD with a known mean as control variates, where that helps",
            details: "`auto`: goals, fits and claims take [less scattered means](Goals.md), by SGD's trials with the same noise, where that "
                + "helps · `none`"),
        SweepField(FieldCatalogue.seed, details: "root seed, 0 <= seed < 2^53"),
        SweepField(
            FieldCatalogue.learningRate,
            needed: .requiredOrSwept(remedy: "add learning_rate: [...] under axes, or compute it under derive"),
            details: "eta, the learning rate"),
        SweepField(FieldCatalogue.rho, details: "the perturbation radius"),
        SweepField(FieldCatalogue.noise, details: "the noise level, as `noise_scale` measures it"),
        SweepField(
            FieldCatalogue.dimension, details: "d, the number of coordinates",
            otherwise: "the number of eigenvalues given, else 1"),
        SweepField(
            "start", .start, "where trials begin",
            details: StartForm.allCases.map { "`{\($0.rawValue): \($0.example)}`: \($0.details)" }.joined(separator: " · "),
            otherwise: "`{radius: 1}`"),
        SweepField(
            "axes", .axes, "What is swept: a list of values and ranges for each name. All are combined.",
            details: "values for any numeric field, by its dotted path; or a range [whose values a run chooses](Goals.md)", otherwise: ""),
        SweepField(
            "zip", .zip, "axes that run side by side; a zip is one dimension and multiplies with the rest",
            details: "axes that run together", otherwise: ""),
        SweepField(
            "derive", .derive, "numbers computed from others, as learning_rate: 0.5 / smoothness",
            details: "values to compute from others", otherwise: ""),
        SweepField("where", .condition, "cells to keep", details: "a condition: which cells to keep", otherwise: "all cells"),
        SweepField(
            "record", .record, "quantities the result holds for every trial",
            details: "what to keep of a trial; see `samsweep list statistics`; or `{name: n, value: \"norm(x)\", over: end}`",
            otherwise: "`[\(SweepDecoder.usualStatistics.joined(separator: ", "))]`, of an own objective what it states"),
        SweepField(
            "keep",
            .word(KeptForm.allCases.map(\.rawValue)) { spec, word, place in
                spec.keep = KeptForm(rawValue: word) ?? .trials
                spec.keepPlace = place
            },
            "trials: a row for every trial; summary: counts, moments and extremes of blocks of trials",
            details: "`trials`: a row for each · `summary`: of [blocks of trials](ResultFile.md) their counts, moments and "
                + "extremes, and no trial"),
        SweepField(
            "curves", .curves, "trajectories: summaries over a cell's trials at some steps on the way",
            details: "trajectories: at which steps, and of what", otherwise: "none"),
        SweepField(
            "diverged_above", .divergence,
            "a trial counts as diverged from where its distance, or objective, is larger than this",
            details: "a trial counts as diverged from the first t where its distance to the nearest minimiser is larger; its "
                + "objective, where no minimiser is known, or with `{objective: 1e6}`",
            otherwise: "only what is not finite"),
        SweepField(
            "common_random_numbers", .flag(true) { spec, flag in spec.usesCommonRandomNumbers = flag },
            "whether the same trial sees the same unit noise in every cell",
            details: "trial k sees the same unit noise in every cell"),
        SweepField(
            "claims", .claims, "what the sweep is to show; samsweep verify gives a verdict for each",
            details: "what the sweep is to show; see [claims](Claims.md)", otherwise: ""),
        SweepField(
            "use", .use, "files of definitions, from this file's folder",
            details: "files with [problems](YourOwnObjective.md) and [optimizers](YourOwnAlgorithm.md) that this one names, "
                + "from its folder",
            otherwise: ""),
        SweepField(
            "used", .used, "the texts of the files under use, by name: written by the program into results and submissions",
            details: "the texts of the files under `use`, which results hold; the program writes it", otherwise: ""),
    ]

    static let names = all.map(\.name)

    /// Those without which nothing is a sweep file.
    static var required: [String] {
        all.filter { if case .required = $0.presence { true } else { false } }.map(\.name)
    }
}

extension ComponentKind {
    /// What its field holds, in `SweepField` and as an axis.
    var fieldSummary: String { "\(self == .optimizer ? "an" : "a") \(noun); a list makes an axis" }
}

extension SweepField {
    /// What holds where the field is left out, in Markdown.
    private var standard: String {
        if let otherwise { return otherwise }
        if case .optional = presence {} else { return "must be given" }
        return switch form {
        case .word(let words, _): "`\(words[0])`"
        case .flag(let flag, _): "`\(flag)`"
        case .number(let field), .trials(let field): field.defaultValue.map(brief) ?? ""
        case .choice(let kind): kind.defaultMember.map { "`\($0)`" } ?? ""
        default: ""
        }
    }

    /// The table of all fields, for the documentation: a header and a line for each.
    static var documentation: String {
        "| field | meaning | default |\n|---|---|---|\n"
            + all.map { "| `\($0.name)` | \($0.details ?? $0.summary) | \($0.standard) |\n" }.joined()
    }
}

/// The forms of `start`, of which a sweep has one.
enum StartForm: String, CaseIterable, Sendable {
    case radius, vector, blocks, sphere

    /// For the schema.
    var summary: String {
        switch self {
        case .radius: "x0 - x* = radius (1, ..., 1)/sqrt(d)"
        case .vector: "x0 itself"
        case .blocks: "the norm in each eigen-block"
        case .sphere: "uniform on the sphere, from the trial's own stream"
        }
    }

    /// For the documentation, in Markdown.
    fileprivate var details: String {
        switch self {
        case .radius: "x0 - x* = r (1,…,1)/√d"
        case .vector: "x0 itself"
        case .blocks: "a norm per eigen-block"
        case .sphere: "uniform, drawn per trial"
        }
    }

    fileprivate var example: String {
        switch self {
        case .radius, .sphere: "r"
        case .vector, .blocks: "[…]"
        }
    }

    /// The values that it takes, one or as many as there are coordinates or blocks.
    var field: NumericField {
        switch self {
        case .radius: FieldCatalogue.radius
        case .sphere: FieldCatalogue.sphere
        case .vector:
            NumericField(
                "start.vector", "x0", ParameterRange(-.infinity, .infinity, lowerIsOpen: true, upperIsOpen: true))
        case .blocks: NumericField("start.blocks", "block norms", .nonNegative)
        }
    }
}
