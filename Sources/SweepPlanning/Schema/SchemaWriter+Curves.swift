import JSONText
import TrialContract

extension SchemaWriter {
    /// `curves`: at which steps, and of what.
    var curve: [(String, JSONValue)] {
        [
            ("type", .string("object")), ("additionalProperties", .boolean(false)), ("required", strings(["at"])),
            ("properties", .object([
                ("at", numbers("steps from 0 to the last; rounded to whole ones, each taken once", .nonNegative)),
                ("of", named(.curveQuantity, "what is recorded there", usually: SweepDecoder.usualCurves)),
            ])),
        ]
    }
}
