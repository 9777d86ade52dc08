import TrialContract

/// A key of an entry of `claims`: what decoder and JSON Schema know of it comes from the one list of them.
struct ClaimField: Sendable {
    /// What is written after the key.
    enum Form: Sendable {
        case name, paragraph
        /// A condition over the cell's values.
        case condition
        /// What is measured: exactly one of these.
        case holds, every, mean, law(ClaimLaw.Parameter)
        /// A cell whose value is subtracted.
        case baseline
        /// One or several dimensions.
        case dimensions
        /// What agrees with the claim: a value of the cell, a part of a value, a factor that is found.
        case bound, tolerance, constant
        case table, confidence
    }

    let name: String
    let form: Form
    /// Whether every claim has it.
    let isRequired: Bool
    /// One line, for editors.
    let summary: String

    private init(_ name: String, _ form: Form, isRequired: Bool = false, _ summary: String) {
        self.name = name
        self.form = form
        self.isRequired = isRequired
        self.summary = summary
    }

    /// In the order in which messages and the schema list them.
    static let all: [ClaimField] = [
        ClaimField("name", .name, isRequired: true, "what tables call the claim"),
        ClaimField("says", .paragraph, isRequired: true, "the claim in words"),
        ClaimField("source", .paragraph, "where it is from"),
        ClaimField("where", .condition, "the cells that it is about; all where it is left out"),
        ClaimField("holds", .holds, "a condition that every trial must meet"),
        ClaimField("every", .every, "a value of each trial"),
        ClaimField("mean", .mean, "the mean over a cell's trials"),
    ] + ClaimLaw.Parameter.allCases.map { parameter in
        ClaimField(parameter.rawValue, .law(parameter), "the \(parameter.rawValue) of a law that means follow")
    } + [
        ClaimField("minus", .baseline, "the cell whose value of the same trial is subtracted, as {rho: 0}"),
        ClaimField("largest_over", .dimensions, "of the cells along these dimensions only the largest value counts"),
        ClaimField("smallest_over", .dimensions, "of the cells along these dimensions only the smallest value counts"),
        ClaimField("at_least", .bound, "the least value that agrees"),
        ClaimField("at_most", .bound, "the largest value that agrees"),
        ClaimField("is", .bound, "the value that agrees, up to within or tolerance"),
        ClaimField("within", .bound, "how far off a value may be, in its own units"),
        ClaimField("tolerance", .tolerance, "how far off a value may be, in parts of it"),
        ClaimField("constant", .constant, "the bound holds up to a factor, which is found on some cells"),
        ClaimField("table", .table, "which of several outcomes is expected where"),
        ClaimField("confidence", .confidence, "probability with which all intervals of the claim hold the truth"),
    ]

    static let names = all.map(\.name)

    static func named(_ name: String) -> ClaimField? { all.first { $0.name == name } }

    var isMeasure: Bool {
        switch form {
        case .holds, .every, .mean, .law: true
        default: false
        }
    }

    /// Whether it belongs to a band of values, also to that of an outcome in a table.
    var isOfBand: Bool {
        switch form {
        case .bound, .tolerance, .constant: true
        default: false
        }
    }
}
