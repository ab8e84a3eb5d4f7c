// The playground's elements, as its page loads them beside the stage's.
import { FaultRules } from "./fault-rules.ts";
import { SysctlSlider } from "./sysctl-slider.ts";
import { TcpPlayground } from "./tcp-playground.ts";
import { TcpScenario } from "./tcp-scenario.ts";

customElements.define("tcp-scenario", TcpScenario);
customElements.define("sysctl-slider", SysctlSlider);
customElements.define("fault-rules", FaultRules);
customElements.define("tcp-playground", TcpPlayground);
