import Foundation
import Testing

/// `fit` as users run it.
@Suite struct FitTests {
    private static let sweep = SampleSweep.small
        .replacingOccurrences(of: "rho: [0, 0.01, 0.1, 1.0]", with: "rho: [0, 0.01, 0.03, 0.1, 0.3, 1.0]")
        .replacingOccurrences(of: "steps: 200", with: "steps: 100")

    private func result() throws -> Program {
        let program = try Program()
        try program.write("sweep.yaml", Self.sweep)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5", "--progress", "none").status == 0)
        return program
    }

    @Test func theDefaultTableIsShortAndDetailsAreThereWhenAskedFor() throws {
        let program = try result()
        let short = try program.run("fit", "r.h5", "--plots", "0", "--bootstrap", "200", environment: ["COLUMNS": "120"])
        #expect(short.status == 0)
        #expect(short.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
        #expect(short.output.contains("Not fitted: 4 groups (optimizer = sgd)") || short.output.contains("sgd  "))
        #expect(!short.output.contains("Akaike weights"))
        let long = try program.run("fit", "r.h5", "--plots", "0", "--bootstrap", "200", "--verbose")
        #expect(long.output.contains("Akaike weights"))
    }

    @Test func severalRegressorsGiveAProductLaw() throws {
        let program = try result()
        let fit = try program.run("fit", "r.h5", "--against", "rho,noise", "--by", "optimizer", "--format", "json")
        #expect(fit.status == 0)
        let list = try #require(try JSONSerialization.jsonObject(with: Data(fit.output.utf8)) as? [[String: Any]])
        #expect(list.count == 3)
        let all = try program.run("fit", "r.h5", "--law", "product", "--by", "optimizer")
        #expect(all.output.contains("= C dimension^d noise^n rho^r"))
        for format in ["csv", "markdown", "latex"] {
            let text = try program.run("fit", "r.h5", "--law", "product", "--format", format)
            #expect(text.status == 0 && text.output.contains("noise"))
        }
        let mixed = try program.run("fit", "r.h5", "--against", "rho,noise", "--model", "power")
        #expect(mixed.status == 64 && mixed.messages.contains("--model"))
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil))
    func xarrayOpensAFileOfFits() throws {
        let program = try result()
        let written = try program.run("fit", "r.h5", "--output", "out/fits.nc", "--format", "json", "--bootstrap", "200")
        #expect(written.status == 0)
        let products = try program.run("fit", "r.h5", "--law", "product", "--by", "optimizer", "--output", "out/products.nc")
        #expect(products.status == 0)
        #expect(program.files.filter { $0.hasPrefix("out/") } == ["out/fits.nc", "out/products.nc"])
        let groups = try #require(
            try JSONSerialization.jsonObject(with: Data(written.output.utf8)) as? [[String: Any]])
        let exponents = groups.map { $0["exponent"] as? Double ?? .nan }
        let script = """
            import sys, xarray
            for engine in ("h5netcdf", "netcdf4"):
                fits = xarray.open_dataset(sys.argv[1], engine=engine)
                assert fits.model.dims == ("optimizer", "dimension", "noise", "learning_rate"), fits.model.dims
                assert list(fits.noise.values) == [0.1, 1.0] and fits.attrs["against"] == "rho"
                print(" ".join(float(x).hex() for x in fits.exponent.values.flatten()))
                products = xarray.open_dataset(sys.argv[2], engine=engine)
                assert products.exponent_rho.sizes == {"optimizer": 3}
                # A grid that does not follow a product has exponents as averages and no intervals.
                product = products.sel(optimizer="m-sam")
                assert -1 < product.exponent_rho < 0 and product.exponent_rho_lower.isnull()
            """
        try program.write("read.py", script)
        let python = try RunningProgram(
            URL(filePath: try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"])),
            ["read.py", "out/fits.nc", "out/products.nc"], in: program.folder, environment: [:]).finish()
        #expect(python.status == 0, "\(python.messages)")
        let lines = python.output.split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            let values = line.split(separator: " ").map { Double($0) ?? .nan }
            // JSONSerialization does not round to the nearest double.
            #expect(values.count == exponents.count)
            #expect(zip(values, exponents).allSatisfy { abs($0 - $1) <= 1e-14 * abs($1) || $0.isNaN && $1.isNaN })
        }
    }

    /// Finite trials whose squares are not: their group is named, and the others are fitted.
    @Test func trialsThatRunAwayDoNotEndTheFit() throws {
        let program = try Program()
        try program.write("sweep.yaml", """
            schema: 1
            name: runaway
            problem: {name: quadratic, eigenvalues: [0.3, 1, 2]}
            optimizer: m-sam
            steps: 200
            trials: 37
            axes: {rho: [0, 0.1, 0.3, 1], learning_rate: [0.05, 3.0], noise: [0.5]}
            """)
        #expect(try program.run("run", "sweep.yaml", "--output", "r.h5").status == 0)
        for arguments in [["fit", "r.h5"], ["fit", "r.h5", "--law", "product"], ["fit", "r.h5", "--response", "excess"]] {
            let fit = try program.finish(program.start(arguments))
            #expect(fit.status == 0 || fit.status == 65, "\(fit.messages)")
        }
        let fit = try program.run("fit", "r.h5")
        #expect(fit.status == 0 && fit.output.contains("run away"), "\(fit.output)")
    }

    @Test func aResultIsNeverReplacedByFits() throws {
        let program = try result()
        let before = try Data(contentsOf: program.folder.appending(path: "r.h5"))
        let fit = try program.run("fit", "r.h5", "--output", "r.h5", "--bootstrap", "0")
        #expect(fit.status == 73 && fit.messages.contains("no file of fits"))
        #expect(try Data(contentsOf: program.folder.appending(path: "r.h5")) == before)
        // Its own file is.
        #expect(try program.run("fit", "r.h5", "--output", "f.nc", "--bootstrap", "0").status == 0)
        #expect(try program.run("fit", "r.h5", "--output", "f.nc", "--bootstrap", "0").status == 0)
    }
}
