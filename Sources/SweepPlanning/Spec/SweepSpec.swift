import AxisRefinement
import TrialContract

/// A sweep file, checked field by field, before its cells are laid out.
struct SweepSpec: Sendable {
    var name = ""
    var title = ""
    /// What messages call the file.
    var fileName = ""
    /// The sweep file's text as run.
    var sourceText = ""
    var choices: [ComponentKind: ChoiceSpec] = [:]
    /// By field name; what is not here has its default.
    var numbers: [String: NumberSpec] = [:]
    var start = StartSpec.radius
    /// Everything swept, in file order.
    var axes: [AxisName] = []
    var zips: [ZipSpec] = []
    /// The axis whose values a run chooses; its numbers are those to begin with.
    var adaptive: AdaptiveAxis?
    var adaptivePlace = SourcePlace.whole
    var derived: [DerivedSpec] = []
    var condition: ConditionSpec?
    var noiseIsTotal = true
    var noisePrecision = NoisePrecision.double
    var method = MethodSpec.full
    var methodPlace = SourcePlace.whole
    /// What the kernels can compute; which method a class may use follows from it.
    var catalogue = ComponentCatalogue(components: [], kernelRevision: 0)
    var trials = 1
    /// What is asked for in the place of `trials`, which are then those of the first round.
    var goal: TrialGoal?
    var goalPlace = SourcePlace.whole
    /// Whether estimates use control variates where these help.
    var reducesVariance = false
    var record: [ComponentDescription] = []
    /// Those of `record` that the sweep defines itself.
    var ownStatistics: [OwnStatistic] = []
    var recordPlace = SourcePlace.whole
    var keep = KeptForm.trials
    var keepPlace = SourcePlace.whole
    var curve: PlannedCurve?
    var curvePlace = SourcePlace.whole
    var divergedAbove: DivergenceBound?
    var usesCommonRandomNumbers = true
    var claims: [ClaimSpec] = []
}

/// How trials are to be computed, as the sweep file says it.
enum MethodSpec: String, Sendable, CaseIterable {
    case full, reduced
    /// By `ReductionRule`, for each class of cells.
    case auto
}

/// What a result holds of a cell's trials, as the sweep file says it.
enum KeptForm: String, Sendable, CaseIterable {
    case trials
    /// Of blocks of trials their moments.
    case summary
}

/// Something that varies from cell to cell.
enum AxisName: Sendable, Hashable {
    case choice(ComponentKind)
    case number(String)
    /// By position in `SweepSpec.zips`.
    case zip(Int)
}

/// How a quantity comes by its values.
enum ValueSource: Sendable, Hashable {
    case fixed
    case axis
    /// By position in `SweepSpec.zips`.
    case zip(Int)
    case derived
}

/// The chosen components of a kind.
struct ChoiceSpec: Sendable {
    /// At least one.
    var entries: [ComponentEntry]
    var source: ValueSource
    var place: SourcePlace
}

/// A component with the parameters that the sweep file gives with it.
struct ComponentEntry: Sendable {
    var description: ComponentDescription
    var given: [String: Double] = [:]
    /// For problems that take one.
    var spectrum: SpectrumSpec?
    /// For problems over data.
    var data: DataSource?
    /// For an objective that the sweep defines.
    var defined: DefinedProblem?
    /// For an algorithm that the sweep defines.
    var algorithm: OwnAlgorithm?
    /// For a schedule that the sweep defines.
    var schedule: OwnSchedule?
    /// What the result file calls it: the name, with what is not the default in brackets.
    var label: String
    var place: SourcePlace

    /// The number of coordinates that the entry states itself; `nil`: it takes any.
    var coordinateCount: Int? { data?.dimension ?? spectrum?.count ?? definedCount }
    /// The number of coordinates of a defined objective, where no sweep can change it.
    var definedCount: Int?
}

/// A number's values.
struct NumberSpec: Sendable {
    var field: NumericField
    /// One for a fixed number, none for a derived one.
    var values: [Double]
    var source: ValueSource
    var place: SourcePlace
}

/// Axes that run side by side.
struct ZipSpec: Sendable {
    var name: String
    var count: Int
    var place: SourcePlace
}

/// A number computed from others.
struct DerivedSpec: Sendable {
    var field: NumericField
    var node: SourceNode
    /// `nil` where it could not be understood.
    var program: Program?
}

/// Which cells are kept.
struct ConditionSpec: Sendable {
    var node: SourceNode
    var program: Program
}

/// Where trials begin; numbers that can be axes are among `SweepSpec.numbers`.
enum StartSpec: Sendable {
    case radius, sphere
    /// As the objective's definition says.
    case defined
    case vector([Double], SourcePlace)
    case blocks([Double], SourcePlace)
}

/// The eigenvalues of a quadratic as the sweep file gives them.
enum SpectrumSpec: Sendable {
    /// The same for every coordinate; `nil`: swept as `problem.eigenvalues`.
    case uniform(Double?)
    /// A range over the coordinates; `nil`: that end is swept.
    case spread(RangeKind, from: Double?, to: Double?)
    /// As many as there are, with the place for messages.
    case blocks([EigenBlock], SourcePlace)

    /// Fields that give what is left open here.
    var sweptNames: [String] {
        switch self {
        case .uniform(let value): value == nil ? [FieldCatalogue.eigenvalues.name] : []
        case .spread(let kind, let from, let to):
            [(from, "from"), (to, "to")].filter { $0.0 == nil }.map { FieldCatalogue.rangeEnd(kind, $0.1).name }
        case .blocks: []
        }
    }

    /// The number of eigenvalues given; `nil` where they are spread over any dimension.
    var count: Int? {
        if case .blocks(let blocks, _) = self { return blocks.reduce(0) { $0 + $1.multiplicity } }
        return nil
    }
}
