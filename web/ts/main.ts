// The stage's elements, as the pages load them.
import { TcpCode } from "./tcp-code.ts";
import { TcpHeader } from "./tcp-header.ts";
import { TcpLadder } from "./tcp-ladder.ts";
import { TcpPredict } from "./tcp-predict.ts";
import { TcpSockets } from "./tcp-sockets.ts";
import { TcpStage } from "./tcp-stage.ts";
import { TcpStates } from "./tcp-states.ts";
import { TcpTranscript } from "./tcp-transcript.ts";
import { TcpTransport } from "./tcp-transport.ts";
import { TcpTwin } from "./tcp-twin.ts";
import { TcpWhy } from "./tcp-why.ts";
import { noteLesson } from "./opened.ts";

customElements.define("tcp-ladder", TcpLadder);
customElements.define("tcp-states", TcpStates);
customElements.define("tcp-code", TcpCode);
customElements.define("tcp-sockets", TcpSockets);
customElements.define("tcp-header", TcpHeader);
customElements.define("tcp-predict", TcpPredict);
customElements.define("tcp-transport", TcpTransport);
customElements.define("tcp-transcript", TcpTranscript);
customElements.define("tcp-why", TcpWhy);
customElements.define("tcp-twin", TcpTwin);
customElements.define("tcp-stage", TcpStage);

noteLesson(location.pathname);
